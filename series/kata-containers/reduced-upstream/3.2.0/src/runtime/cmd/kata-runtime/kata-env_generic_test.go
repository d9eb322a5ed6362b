//1 reduced: see README.md of reduced-upstream
//
// SPDX-License-Identifier: Apache-2.0
//

//go:build arm64 || ppc64le

package main

import (
//12
//13
//14
)
//16
//17
//18
//19
//20
//21
//22
//23
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
//34
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
