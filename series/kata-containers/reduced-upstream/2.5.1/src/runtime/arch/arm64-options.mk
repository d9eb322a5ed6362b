# Stand-in, not upstream's file.
# SPDX-License-Identifier: Apache-2.0

MACHINETYPE := virt
KERNELPARAMS :=
MACHINEACCELERATORS :=
CPUFEATURES := pmu=off

QEMUCMD := qemu-system-aarch64

FCCMD := firecracker

CLHCMD := cloud-hypervisor
