// Stand-in, not upstream's file.
// SPDX-License-Identifier: Apache-2.0

package virtcontainers

func availableGuestProtection() (guestProtection, error) {
	if isDir(tdxSysFirmwareDir) {
		return tdxProtection, nil
	}

	if isDir(sevKvmParameterPath) {
		return sevProtection, nil
	}

	return noneProtection, nil
}
