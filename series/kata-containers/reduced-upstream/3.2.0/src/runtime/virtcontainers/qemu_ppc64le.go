//go:build linux

// Stand-in, not upstream's file.
// SPDX-License-Identifier: Apache-2.0

package virtcontainers

type qemuPPC64le struct {
	qemuArchBase
}

const defaultQemuPath = "/usr/bin/qemu-system-ppc64"

const defaultQemuMachineType = QemuPseries

const qmpMigrationWaitTimeout = 5 * time.Second

const defaultQemuMachineOptions = "accel=kvm,usb=off"

func newQemuArch(config HypervisorConfig) (qemuArch, error) {
	q := &qemuPPC64le{}

	if err := q.handleImagePath(config); err != nil {
		return nil, err
	}

	return q, nil
}

func (q *qemuPPC64le) capabilities(hConfig HypervisorConfig) types.Capabilities {
	var caps types.Capabilities
	caps.SetNetworkDeviceHotplugSupported()
	if hConfig.SharedFS != config.NoSharedFS {
		caps.SetFsSharingSupport()
	}

	return caps
}

func (q *qemuPPC64le) bridges(number uint32) {
	q.Bridges = genericBridges(number, q.qemuMachine.Type)
}

func (q *qemuPPC64le) appendIOMMU(devices []govmmQemu.Device) ([]govmmQemu.Device, error) {
	return devices, errNoIOMMU
}

func (q *qemuPPC64le) enableProtection() error {
	return errNoProtection
}
