// Stand-in, not upstream's file.
// SPDX-License-Identifier: Apache-2.0

package govmm

// MaxVCPUs is a constant here.
func MaxVCPUs() uint32 {
	return uint32(128)
}
