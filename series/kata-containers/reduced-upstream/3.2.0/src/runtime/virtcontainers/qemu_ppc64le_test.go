//go:build linux

// Stand-in, not upstream's file.
// SPDX-License-Identifier: Apache-2.0

package virtcontainers

func TestAppendProtectionDevice(t *testing.T) {
	q.protection = pefProtection
	assert.Error(q.appendProtectionDevice(nil, "", ""))

	q.protection = sevProtection
	assert.Error(q.appendProtectionDevice(nil, "", ""))

	q.protection = snpProtection
	assert.Error(q.appendProtectionDevice(nil, "", ""))

	q.protection = tdxProtection
	assert.Error(q.appendProtectionDevice(nil, "", ""))

}
