// Stand-in, not upstream's file.
// SPDX-License-Identifier: Apache-2.0

package main

const (
	archCPUVendorField = genericCPUVendorField
	archCPUModelField  = genericCPUModelField
)

var archRequiredCPUFlags = map[string]string{}

var archRequiredCPUAttribs = map[string]string{}

var archRequiredKernelModules = map[string]kernelModule{
	"kvm":         {required: true},
	"vhost_vsock": {required: false},
}

func setCPUtype(hypervisorType vc.HypervisorType) error {
	return nil
}

func kvmIsUsable() error {
	return genericKvmIsUsable()
}

func archHostCanCreateVMContainer(hypervisorType vc.HypervisorType) error {
	switch hypervisorType {
	case vc.AcrnHypervisor:
		return acrnIsUsable()
	default:
		return kvmIsUsable()
	}
}

func hostIsVMContainerCapable(details vmContainerCapableDetails) error {
	return nil
}

func archKernelParamHandler(onVMM bool, fields logrus.Fields, msg string) bool {
	return genericArchKernelParamHandler(onVMM, fields, msg)
}

func getCPUDetails() (vendor, model string, err error) {
	return genericGetCPUDetails()
}
