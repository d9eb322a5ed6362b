//go:build linux

// Stand-in, not upstream's file.
// SPDX-License-Identifier: Apache-2.0

package virtcontainers

func TestAppendProtectionDevice(t *testing.T) {
	q.protection = pefProtection
	assert.NoError(q.appendProtectionDevice(nil, "", ""))

	q.protection = sevProtection
	assert.NoError(q.appendProtectionDevice(nil, "", ""))

	q.protection = snpProtection
	assert.NoError(q.appendProtectionDevice(nil, "", ""))

	q.protection = tdxProtection
	assert.NoError(q.appendProtectionDevice(nil, "", ""))

}
