# Stand-in, not upstream's file.
# SPDX-License-Identifier: Apache-2.0

MACHINETYPE := q35
