# Stand-in, not upstream's file.
# SPDX-License-Identifier: Apache-2.0

MACHINETYPE := s390-ccw-virtio
KERNELPARAMS :=
MACHINEACCELERATORS :=
CPUFEATURES :=

QEMUCMD := qemu-system-s390x
