// Stand-in, not upstream's file.
// SPDX-License-Identifier: Apache-2.0

pub fn get_cpu_details() -> Result<(String, String)> {
    unimplemented!()
}
