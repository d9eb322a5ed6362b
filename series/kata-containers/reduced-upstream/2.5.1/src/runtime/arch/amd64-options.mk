# Stand-in, not upstream's file.
# SPDX-License-Identifier: Apache-2.0

MACHINETYPE := q35
KERNELPARAMS :=
MACHINEACCELERATORS :=
CPUFEATURES := pmu=off

QEMUCMD := qemu-system-x86_64

FCCMD := firecracker

CLHCMD := cloud-hypervisor
