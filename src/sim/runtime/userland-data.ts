/** What well-known images have of programs and folders: data for `userlands.ts`. Names are listed by words, as `ls` would. */

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/))

/** The applets of the image busybox (1.36), which has nothing else. */
export const BUSYBOX_PROGRAMS = words(`
[ [[ acpid add-shell addgroup adduser adjtimex ar arch arp arping ascii ash awk base32 base64 basename bc beep blkdiscard blkid blockdev
bootchartd brctl bunzip2 busybox bzcat bzip2 cal cat chat chattr chgrp chmod chown chpasswd chpst chroot chrt chvt cksum clear cmp comm conspy
cp cpio crc32 crond crontab cryptpw cttyhack cut date dc dd deallocvt delgroup deluser depmod devmem df dhcprelay diff dirname dmesg dnsd
dnsdomainname dos2unix dpkg dpkg-deb du dumpkmap dumpleases echo ed egrep eject env envdir envuidgid ether-wake expand expr factor
fakeidentd fallocate false fatattr fbset fbsplash fdflush fdformat fdisk fgconsole fgrep find findfs flock fold free freeramdisk fsck
fsck.minix fsfreeze fstrim fsync ftpd ftpget ftpput fuser getconf getopt getty grep groups gunzip gzip halt hd hdparm head hexdump hexedit
hostid hostname httpd hush hwclock i2cdetect i2cdump i2cget i2cset i2ctransfer id ifconfig ifdown ifenslave ifplugd ifup inetd init insmod
install ionice iostat ip ipaddr ipcalc ipcrm ipcs iplink ipneigh iproute iprule iptunnel kbd_mode kill killall killall5 klogd last less
link linux32 linux64 linuxrc ln loadfont loadkmap logger login logname logread losetup lpd lpq lpr ls lsattr lsmod lsof lspci lsscsi lsusb
lzcat lzma lzop makedevs makemime man md5sum mdev mesg microcom mim mkdir mkdosfs mke2fs mkfifo mkfs.ext2 mkfs.minix mkfs.vfat mknod
mkpasswd mkswap mktemp modinfo modprobe more mount mountpoint mpstat mt mv nameif nanddump nandwrite nbd-client nc netstat nice nl nmeter
nohup nologin nproc nsenter nslookup ntpd od openvt partprobe passwd paste patch pgrep pidof ping ping6 pipe_progress pivot_root pkill pmap
popmaildir poweroff powertop printenv printf ps pscan pstree pwd pwdx raidautorun rdate rdev readahead readlink readprofile realpath reboot
reformime remove-shell renice reset resize resume rev rm rmdir rmmod route rpm rpm2cpio rtcwake run-init run-parts runsv runsvdir rx script
scriptreplay sed seedrng sendmail seq setarch setconsole setfattr setfont setkeycodes setlogcons setpriv setserial setsid setuidgid sh
sha1sum sha256sum sha3sum sha512sum showkey shred shuf slattach sleep smemcap softlimit sort split ssl_client start-stop-daemon stat strings
stty su sulogin sum sv svc svlogd svok swapoff swapon switch_root sync sysctl syslogd tac tail tar taskset tc tcpsvd tee telnet telnetd test
tftp tftpd time timeout top touch tr traceroute traceroute6 tree true truncate ts tsort tty ttysize tunctl ubiattach ubidetach ubimkvol
ubirename ubirmvol ubirsvol ubiupdatevol udhcpc udhcpc6 udhcpd udpsvd uevent umount uname unexpand uniq unix2dos unlink unlzma unshare unxz
unzip uptime users usleep uudecode uuencode vconfig vi vlock volname w wall watch watchdog wc wget which who whoami whois xargs xxd xz xzcat
yes zcat zcip`)

/** What Alpine Linux has beside busybox. */
export const ALPINE_PROGRAMS = words('apk getent iconv ldconfig ldd scanelf update-ca-certificates c_rehash')

/** Programs of a slim Debian: its essential packages, and what they need. */
export const DEBIAN_PROGRAMS = words(`
[ addgroup adduser apt apt-cache apt-cdrom apt-config apt-get apt-key apt-mark arch awk b2sum base32 base64 basename basenc bash bashbug bunzip2
bzcat bzip2 captoinfo cat chage chattr chcon chfn chgpasswd chgrp chmod chown chpasswd chroot chrt chsh cksum clear clear_console cmp comm cp
csplit cut dash date dd debconf deb-systemd-helper deb-systemd-invoke delgroup deluser df diff diff3 dir dircolors dirname dmesg dpkg dpkg-deb dpkg-divert
dpkg-query dpkg-split dpkg-statoverride dpkg-trigger du e2fsck echo egrep env expand expiry expr factor faillog fallocate false fgrep find findmnt
flock fmt fold fsck getconf getent getopt gpasswd gpgv grep groupadd groupdel groupmod groups gunzip gzip head hostid hostname iconv id infocmp install
ionice ipcmk ipcrm ipcs join last lastlog ld.so ldconfig ldd link ln locale localedef logger login logname ls lsattr lsblk lscpu lsipc lslocks lslogins
lsmem lsns mawk mcookie md5sum md5sum.textutils mesg mkdir mkfifo mknod mkfs mkswap mktemp more mount mountpoint mv namei nawk newgrp nice nisdomainname nl nohup
nologin nproc nsenter numfmt od pager partx passwd paste pathchk perl perl5.36.0 pidof pinky pivot_root pldd pr printenv printf prlimit ptx pwck pwd rbash
readlink realpath rename.ul renice reset rev rgrep rm rmdir run-parts runcon savelog sdiff sed select-editor sensible-browser sensible-editor
sensible-pager seq service setarch setpriv setsid setterm sg sh sha1sum sha224sum sha256sum sha384sum sha512sum shred shuf sleep sort split
start-stop-daemon stat stdbuf stty su sulogin sum swapoff swapon sync tabs tac tail tar taskset tee tempfile test tic timeout toe touch tput tr true
truncate tset tsort tty tune2fs tzselect umount uname uncompress unexpand uniq unlink unshare update-alternatives useradd userdel usermod users vdir
vigr vipw w.procps wall wc wdctl whereis which who whoami xargs yes zcat zcmp zdiff zdump zegrep zfgrep zforce zgrep zic zless zmore znew`)

/** What people look for in a slim Debian, and do not find. */
export const NOT_IN_DEBIAN = words(`
arp bridge curl dig file free gcc git host htop ifconfig ip iptables jq killall less lsof make man mtr nano nc ncat netcat netstat nmap nslookup
pgrep ping pkill ps pstree route socat ss ssh strace sudo sysctl systemctl tcpdump telnet top traceroute tree uptime vi vim vmstat
w watch wget`)

/** The page of nginx 1.21 to 1.28. */
export const NGINX_PAGE = `<!DOCTYPE html>
<html>
<head>
<title>Welcome to nginx!</title>
<style>
html { color-scheme: light dark; }
body { width: 35em; margin: 0 auto;
font-family: Tahoma, Verdana, Arial, sans-serif; }
</style>
</head>
<body>
<h1>Welcome to nginx!</h1>
<p>If you see this page, the nginx web server is successfully installed and
working. Further configuration is required.</p>

<p>For online documentation and support please refer to
<a href="http://nginx.org/">nginx.org</a>.<br/>
Commercial support is available at
<a href="http://nginx.com/">nginx.com</a>.</p>

<p><em>Thank you for using nginx.</em></p>
</body>
</html>
`
/** Releases that say so; the registries of this world have such a one as the latest. */
export const NGINX_TAG = /^(1\.2[1-8]([.-].*)?|(latest|stable|mainline|alpine|perl)(-.*)?)$/
export const HTTPD_PAGE = '<html><body><h1>It works!</h1></body></html>\n'
/** The page of the recordings' stand-in for nginx. */
export const STAND_IN_PAGE = '<h1>Welcome to nginx!</h1>\n'
