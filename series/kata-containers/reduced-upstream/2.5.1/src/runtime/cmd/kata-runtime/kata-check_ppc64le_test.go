// Stand-in, not upstream's file.
// SPDX-License-Identifier: Apache-2.0

package main

func setupCheckHostIsVMContainerCapable(assert *assert.Assertions, cpuInfoFile string, cpuData []testCPUData, moduleData []testModuleData) {
	createModules(assert, cpuInfoFile, moduleData)
}

func TestGetCPUDetails(t *testing.T) {
}
