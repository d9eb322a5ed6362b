# Stand-in, not upstream's file.
# SPDX-License-Identifier: Apache-2.0

MACHINETYPE := q35
KERNELPARAMS :=
MACHINEACCELERATORS :=
CPUFEATURES := pmu=off

QEMUCMD := qemu-system-x86_64
QEMUTDXCMD := qemu-system-x86_64-tdx-experimental
QEMUSNPCMD := qemu-system-x86_64-snp-experimental

FCCMD := firecracker

CLHCMD := cloud-hypervisor

DEFSTATICRESOURCEMGMT_CLH := false
