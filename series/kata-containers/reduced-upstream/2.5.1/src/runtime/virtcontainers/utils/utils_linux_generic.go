//go:build !ppc64le
// +build !ppc64le

// Stand-in, not upstream's file.
// SPDX-License-Identifier: Apache-2.0

package utils

const ioctlVhostVsockSetGuestCid = 0x4008AF60
