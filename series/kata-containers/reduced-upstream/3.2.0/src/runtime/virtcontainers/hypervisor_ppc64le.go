// Stand-in, not upstream's file.
// SPDX-License-Identifier: Apache-2.0

package virtcontainers

func availableGuestProtection() (guestProtection, error) {
	if isDir(pefSysFirmwareDir) {
		return pefProtection, nil
	}

	return noneProtection, nil
}
