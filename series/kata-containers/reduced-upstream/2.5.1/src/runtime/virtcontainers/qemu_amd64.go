//go:build linux
// +build linux

// Stand-in, not upstream's file.
// SPDX-License-Identifier: Apache-2.0

package virtcontainers

type qemuAmd64 struct {
	qemuArchBase
}

const defaultQemuPath = "/usr/bin/qemu-system-x86_64"

const defaultQemuMachineType = QemuQ35

const qmpMigrationWaitTimeout = 5 * time.Second

const defaultQemuMachineOptions = "accel=kvm"

func newQemuArch(config HypervisorConfig) (qemuArch, error) {
	q := &qemuAmd64{}

	q.handleImagePath(config)

	return q, nil
}

func (q *qemuAmd64) capabilities() types.Capabilities {
	var caps types.Capabilities
	caps.SetFsSharingSupport()

	return caps
}

func (q *qemuAmd64) bridges(number uint32) {
	q.Bridges = genericBridges(number, q.qemuMachine.Type)
}

func (q *qemuAmd64) cpuModel() string {
	return defaultCPUModel
}

func (q *qemuAmd64) enableProtection() error {
	return errNoProtection
}
