#1 reduced: see README.md of reduced-upstream
#2
#3
#4
#5
#6
#7
#8
#9
#10
#11
#12
#13
#14
#15
#16
#17
PACKAGES="libudev0-shim kmod-bin iptables-bin"
#19
#20
#21
#22
#23
#24
# Init process must be one of {systemd,kata-agent}
INIT_PROCESS=systemd
# List of zero or more architectures to exclude from build,
# as reported by  `uname -m`
ARCH_EXCLUDE_LIST=( aarch64 ppc64le s390x )

[ "$SECCOMP" = "yes" ] && PACKAGES+=" libseccomp" || true
