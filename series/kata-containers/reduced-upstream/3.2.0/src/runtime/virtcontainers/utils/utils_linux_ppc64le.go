// Stand-in, not upstream's file.
// SPDX-License-Identifier: Apache-2.0

package utils

const ioctlVhostVsockSetGuestCid = 0x8008AF60
