//go:build linux

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

	kernelParams, err := GetKernelRootParams(config.RootfsType, true, false)
	if err != nil {
		return nil, err
	}
	q.kernelParams = append(q.kernelParams, kernelParams...)

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

func (q *qemuS390x) appendVFIODevice(devices []govmmQemu.Device, vfioDev config.VFIODev) []govmmQemu.Device {
	return devices
}

func (q *qemuS390x) qomGetPciPath(qemuID string, qmpCh *qmpChannel) (types.PciPath, error) {
	return types.PciPath{}, nil
}
