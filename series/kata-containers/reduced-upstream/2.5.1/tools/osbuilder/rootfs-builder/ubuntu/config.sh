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
REPO_URL=http://ports.ubuntu.com

case "$ARCH" in
	aarch64) DEB_ARCH=arm64;;
	ppc64le) DEB_ARCH=ppc64el;;
	s390x) DEB_ARCH="$ARCH";;
	x86_64) DEB_ARCH=amd64; REPO_URL=http://archive.ubuntu.com/ubuntu;;
	*) die "$ARCH not supported"
esac

#21
#22
#23
#24
#25
#26
#27
#28
