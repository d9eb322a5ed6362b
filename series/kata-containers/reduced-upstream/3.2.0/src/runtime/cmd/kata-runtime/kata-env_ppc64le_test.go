// Stand-in, not upstream's file.
// SPDX-License-Identifier: Apache-2.0

package main

func getExpectedHostDetails(tmpdir string) (HostInfo, error) {
	return genericGetExpectedHostDetails(tmpdir, "", "POWER8", true)
}
