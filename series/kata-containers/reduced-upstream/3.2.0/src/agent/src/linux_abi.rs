//1 reduced: see README.md of reduced-upstream
//2
//3
//4

use cfg_if::cfg_if;

/// Linux ABI related constants.

#[cfg(target_arch = "aarch64")]
use std::fs;

pub const SYSFS_DIR: &str = "/sys";
#[cfg(any(
//13
//14
//15
//16
//17
//18
//19
//20
//21
//22
pub fn create_pci_root_bus_path() -> String {
//24
//25
//26
//27
//28
//29
//30
//31
//32
//33
//+36
//35
//36
//37
//38
//39
//40
//41
//42
//43
//44
//45
//46
//47
//48
//49
//50
//51
//52
//53
//54
//55
//56
//57
//58
//59
//60
//61
//62

    ret
}

cfg_if! {
    if #[cfg(target_arch = "s390x")] {
        pub const CCW_ROOT_BUS_PATH: &str = "/devices/css0";
        pub const AP_ROOT_BUS_PATH: &str = "/devices/ap";
        pub const AP_SCANS_PATH: &str = "/sys/bus/ap/scans";
    }
//70
//+76
//71
//72
//73
//74
//75
//76
//77
//+84
//+85
//79
//80
//81
//82
//83
//84
//85
//86
//87
//88
//89
//90
//91
//92
//93
//94
//95
//96
//97
//98
//99
//100
//101
//102
//103
//104
