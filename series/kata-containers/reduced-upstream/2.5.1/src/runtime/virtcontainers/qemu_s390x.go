//go:build linux
// +build linux

// Stand-in, not upstream's file.
// SPDX-License-Identifier: Apache-2.0

package virtcontainers

type qemuS390x struct {
	qemuArchBase
}

const defaultQemuPath = "/usr/bin/qemu-system-s390x"

const defaultQemuMachineType = QemuCCWVirtio

const qmpMigrationWaitTimeout = 5 * time.Second

const defaultQemuMachineOptions = "accel=kvm"

func newQemuArch(config HypervisorConfig) (qemuArch, error) {
	q := &qemuS390x{}

	q.kernelParams = append(q.kernelParams, commonVirtioblkKernelRootParams...)

	return q, nil
}

func (q *qemuS390x) bridges(number uint32) {
	q.Bridges = genericBridges(number, q.qemuMachine.Type)
}

func (q *qemuS390x) supportGuestMemoryHotplug() bool {
	return false
}

func (q *qemuS390x) appendIOMMU(devices []govmmQemu.Device) ([]govmmQemu.Device, error) {
	return devices, errNoIOMMU
}

func (q *qemuS390x) enableProtection() error {
	return errNoProtection
}
