package router_test

import (
	"bytes"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha512"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"slices"
	"strings"

	"github.com/assay-iot/assay/firmware/firmwaretest"
)

// The images are built from the descriptions of the formats alone, field by
// field, and share nothing with the readers.

var le, be = binary.LittleEndian, binary.BigEndian

// fields joins numbers, in one byte order, and texts.
func fields(order binary.AppendByteOrder, values ...any) (b []byte) {
	for _, v := range values {
		switch v := v.(type) {
		case int:
			b = order.AppendUint32(b, uint32(v))
		case uint16:
			b = order.AppendUint16(b, v)
		case byte:
			b = append(b, v)
		case string:
			b = append(b, v...)
		case []byte:
			b = append(b, v...)
		default:
			panic(fmt.Sprintf("%T", v))
		}
	}
	return b
}

// pad is a text with zeros up to a length.
func pad(n int, text string) string { return text + strings.Repeat("\x00", n-len(text)) }

// jam is a CRC-32 that is not inverted at the end.
func jam(b []byte) uint32 { return ^crc32.ChecksumIEEE(b) }

var (
	kernel = firmwaretest.Gzip("vmlinux", firmwaretest.Kernel("4.14.63", 20<<10))
	rootfs = firmwaretest.Squashfs(
		firmwaretest.Text("etc/passwd", 0o644, "root:x:0:0:root:/root:/bin/sh\n"),
		firmwaretest.Symlink("bin/sh", "busybox"),
	)
)

// kernelSize is the kernel's length, padded.
var kernelSize = (len(kernel) + 15) &^ 15

// both is kernel and root file system, one after the other.
func both() []byte { return slices.Concat(kernel, make([]byte, kernelSize-len(kernel)), rootfs) }

func trx1() []byte {
	body := both()
	b := fields(le, "HDR0", 28+len(body), 0, uint16(0), uint16(1), 28, 28+kernelSize, 0, body)
	le.PutUint32(b[8:], jam(b[12:]))
	return b
}

// trx2 has a header of the boot loader, in which a try was counted after the sum
// was taken.
func trx2() []byte {
	body := both()
	b := fields(le, "HDR0", 32+len(body)+32, 0, uint16(0), uint16(2), 32, 32+kernelSize, 0, 32+len(body), body, pad(32, "0.0.0.1"))
	tries := b[len(b)-32+22:][:8]
	copy(tries, "\xff\xff\xff\xff\xff\xff\xff\xff")
	le.PutUint32(b[8:], jam(b[12:]))
	copy(tries, "\x01\x00\x00\x00\x01\x00\x00\x00")
	return b
}

func asus() []byte {
	b := append(trx1(), fields(le, "\x03\x00\x00\x04", pad(60, "RT-N66U"))...)
	le.PutUint32(b[4:], uint32(len(b)))
	le.PutUint32(b[8:], jam(b[12:]))
	return b
}

func netgear(b []byte) int {
	var c0, c1 uint32
	for _, c := range b {
		c0 += uint32(c)
		c1 += c0
	}
	low := c0&0xffff + c0>>16
	low = (low>>16 + low) & 0xffff
	high := c1&0xffff + c1>>16
	high = (high>>16 + high) & 0xffff
	return int(high<<16 | low)
}

func chk() []byte {
	board := "U12H072T00_NETGEAR"
	k, body := both()[:kernelSize], both()
	head := fields(be, "*#$^", 40+len(board), "\x02\x01\x00\x02\x44\x3c\x00\x5e", netgear(k), netgear(rootfs), len(k), len(rootfs), netgear(body), 0, board)
	be.PutUint32(head[36:], uint32(netgear(head)))
	return append(head, body...)
}

func dni() []byte {
	b := fields(be, pad(128, "device:WNDR3700\nversion:V1.0.4\nregion:NA\nhd_id:29763654\n"), both(), byte(0))
	sum := byte(0)
	for _, c := range b {
		sum += c
	}
	b[len(b)-1] = 0xff - sum
	return b
}

func model() []byte {
	b := fields(be, pad(16, "NG_WNR854T"), 0, both())
	be.PutUint32(b[16:], crc32.ChecksumIEEE(b))
	return b
}

func seama() []byte {
	seal, meta := pad(32, "signature=wrgac13_dlink.2013gui"), pad(28, "dev=/dev/mtdblock/2")+pad(16, "type=firmware")
	d := md5.Sum(both())
	return fields(be, "\x5e\xa3\xa4\x17", uint16(0), uint16(len(seal)), 0, seal,
		"\x5e\xa3\xa4\x17", uint16(0), uint16(len(meta)), len(both()), d[:], meta, both())
}

func wrgg(order binary.AppendByteOrder, magic string, middle string) []byte {
	body := both()
	tail := fields(order, 0, pad(32, "/dev/mtdblock/1"))
	d := md5.Sum(append(slices.Clone(tail), body...))
	return fields(order, pad(32, "wrgnd01_dlob_dir300"), magic, magic, middle, len(body), tail, d[:], body)
}

func wrgg03() []byte {
	return wrgg(be, "\x21\x03\x08\x20", pad(16, "v1.01")+pad(16, "DAP-2695")+pad(16, "")+pad(16, "rc080"))
}

func wrg() []byte { return wrgg(le, "\x20\x02\x04\x20", "") }

// noise looks encrypted.
func noise(n int) []byte {
	var b []byte
	for i := 0; len(b) < n; i++ {
		d := sha512.Sum512([]byte{byte(i), byte(i >> 8)})
		b = append(b, d[:]...)
	}
	return b[:n]
}

func shrs() []byte {
	body := noise(8192)
	d := sha512.Sum512(body)
	return fields(be, "SHRS", len(body)-5, len(body), noise(16), noise(128), d[:], make([]byte, 512), noise(1024), body, "\x00\x00\x00\x00\x30")
}

func encrypted() []byte { return fields(be, "encrpted_img", 8192, noise(8192)) }

func tplink1() []byte {
	k, r := 512+kernelSize, len(rootfs)
	head := fields(be, 0x01000000, pad(24, "TP-LINK Technologies"), pad(36, "ver. 1.0"), 0x08410007, 1, 0,
		"\xdc\xd7\x3a\xa5\xc3\x95\x98\xfb\xdd\xf9\xe7\xf4\x0e\xae\x47\x38", 0, make([]byte, 16), 0,
		0x80060000, 0x80060000, k+r+4096, 512, kernelSize, k, r, 0, 0, uint16(3), uint16(13), uint16(9))
	b := slices.Concat(head, make([]byte, 512-len(head)), both(), bytes.Repeat([]byte{0xff}, 4096))
	d := md5.Sum(b)
	copy(b[0x4c:], d[:])
	return b
}

// tplink2 is cut short, with a mark after the root file system.
func tplink2() []byte {
	k, r := 512+kernelSize, len(rootfs)
	head := fields(be, 0x02000000, pad(48, "ver. 2.0"), 0xc2000001, 50, 0,
		"\xdc\xd7\x3a\xa5\xc3\x95\x98\xfb\xdc\xf9\xe7\xf4\x0e\xae\x47\x37", 0, make([]byte, 16), -1,
		0x80000000, 0x80000000, 0x7a0000, 512, kernelSize, k, r, 0, 0, uint16(0x55aa), "\x01\x00\xa5\x00\x09\x01")
	b := slices.Concat(head, bytes.Repeat([]byte{0xff}, 512-len(head)), both(), []byte("\xde\xad\xc0\xde"))
	d := md5.Sum(b)
	copy(b[0x40:], d[:])
	return b
}

// tplinkBoot has a boot loader, after which a whole image stands.
func tplinkBoot() []byte {
	inner := tplink1()
	b := slices.Concat(inner[:512], firmwaretest.Kernel("", 0x8000), inner)
	be.PutUint32(b[0x7c:], uint32(len(b)))
	be.PutUint32(b[0x90:], 512)
	be.PutUint32(b[0x94:], 0x8000)
	copy(b[0x4c:], "\x8c\xef\x33\x5b\xd5\xc5\xce\xfa\xa7\x9c\x28\xda\xb2\xe9\x0f\x42")
	d := md5.Sum(b)
	copy(b[0x4c:], d[:])
	return b
}

func safeloader() []byte {
	table := fields(be, "\x00\x04\x00\x00", "partition fs-uboot base 0x00000 size 0x20000\npartition os-image base 0x40000 size 0x1c0000\n\x00")
	table = append(table, bytes.Repeat([]byte{0xff}, 0x800-len(table))...)
	version := fields(be, 15, 0, "soft_ver:1.2.3\n", "\xff")
	list := fields(be, 43, 0, "SupportList:\r\nCPE210(TP-LINK|UN|N300-2):1.0", "\xff")
	var text, body []byte
	for _, p := range []struct {
		name    string
		content []byte
	}{{"partition-table", table}, {"soft-version", version}, {"support-list", list}, {"os-image", kernel}, {"file-system", rootfs}} {
		text = fmt.Appendf(text, "fwup-ptn %s base 0x%05x size 0x%05x\t\r\n", p.name, 0x800+len(body), len(p.content))
		body = append(body, p.content...)
	}
	vendor := "CPE510(TP-LINK|UN|N300-5):1.0\r\n"
	b := fields(be, 0x1814+len(body), make([]byte, 16), len(vendor), vendor, bytes.Repeat([]byte{0xff}, 4092-len(vendor)),
		text, byte(0), bytes.Repeat([]byte{0xff}, 0x800-1-len(text)), body)
	d := md5.Sum(append([]byte("\x7a\x2b\x15\xed\x9b\x98\x59\x6d\xe5\x04\xab\x44\xac\x2a\x9f\x4e"), b[0x14:]...))
	copy(b[4:], d[:])
	return b
}

func cloud() []byte {
	head := make([]byte, 0x230)
	copy(head[0x14:], "fw-type:Cloud\n")
	head[0x112] = 2
	b := slices.Concat(head, both(), make([]byte, 8192))
	be.PutUint32(b, uint32(len(b)))
	return b
}

func decimal(n, v int) string { return pad(n, fmt.Sprint(v)) }

// tag has the root file system first, as the makers do.
func tag() []byte {
	const flash = 0xbfc10100
	body := slices.Concat(rootfs, kernel)
	b := fields(be, pad(4, "6"), pad(20, "Broadcom Corporatio"), pad(14, "ver. 2.0"), pad(6, "6358"), pad(16, "96358VW"), pad(2, "1"),
		decimal(10, len(body)), decimal(12, 0), decimal(10, 0), decimal(12, flash), decimal(10, len(rootfs)),
		decimal(12, flash+len(rootfs)), decimal(10, len(kernel)), pad(2, "0"), pad(2, "0"), make([]byte, 74),
		int(jam(body)), int(jam(rootfs)), int(jam(kernel)), 7, len(rootfs), 0, make([]byte, 16), body)
	be.PutUint32(b[236:], jam(b[:236]))
	return b
}

// tagKernelFirst is as OpenWrt makes it: one address, and only kernel and file
// system are in the sum of the image.
func tagKernelFirst() []byte {
	b := tag()[:256]
	body := both()
	copy(b[4:], pad(20, "LEDE"))
	copy(b[62:], decimal(10, len(body)+64))
	copy(b[94:], decimal(12, 1000)+decimal(10, len(rootfs))+decimal(12, 1000)+decimal(10, kernelSize))
	be.PutUint32(b[216:], jam(body))
	be.PutUint32(b[220:], 0)
	be.PutUint32(b[224:], jam(body[:kernelSize]))
	be.PutUint32(b[236:], jam(b[:236]))
	return slices.Concat(b, body, make([]byte, 64))
}

// rc4 is Buffalo's cipher.
func rc4(seed byte, data []byte, size int) []byte {
	key := string([]byte{seed}) + "Buffalo"
	s := make([]byte, size)
	for i := range s {
		s[i] = byte(i)
	}
	for i, k := 0, 0; i < size; i++ {
		k = (k + int(key[i%len(key)]) + int(s[i])) % size
		s[i], s[k] = s[k], s[i]
	}
	out := slices.Clone(data)
	i, j := uint8(0), uint8(0)
	for n := range out {
		i = uint8((int(i) + 1) % size)
		j = uint8((int(j) + int(s[i])) % size)
		s[i], s[j] = s[j], s[i]
		out[n] ^= s[(int(s[i])+int(s[j]))%size]
	}
	return out
}

func buffalo(long bool) []byte {
	size := func(b []byte) int {
		if long {
			return len(b)
		}
		return 256
	}
	enc := func(seed byte, text []byte) []byte { return rc4(seed, text, size(text)) }
	body := trx1()
	sum := uint32(len(body))
	for _, c := range body {
		sum ^= uint32(int32(int8(c)))
		for range 8 {
			if sum&1 != 0 {
				sum = sum>>1 ^ 0xedb88320
			} else {
				sum >>= 1
			}
		}
	}
	product := enc('O', []byte("WHR-HP-G54\x00"))
	version := enc(product[0], []byte("1.40\x00"))
	b := fields(be, "start\x00", byte('O'), len(product), product, len(version), version, len(body), enc(version[0], body), int(sum))
	return append(b, make([]byte, 4-len(b)%4)...)
}

func buffaloTag() []byte {
	body := both()
	b := fields(be, pad(32, "WZR-HP-G300NH"), pad(32, "BUFFALO"), pad(8, "1.99"), pad(8, "1.01"), "JP", 0, "\x00\x00", pad(8, "mlang8"),
		pad(8, "ar9100"), "hwv\x00", pad(4, "1"), make([]byte, 24), 160+len(body), 0, 0, 0, len(body), 0, body)
	var crc uint32
	shift := func(c byte) {
		crc ^= uint32(c) << 24
		for range 8 {
			if crc>>31 != 0 {
				crc = crc<<1 ^ 0x04c11db7
			} else {
				crc <<= 1
			}
		}
	}
	for _, c := range b {
		shift(c)
	}
	for n := len(b); n > 0; n >>= 8 {
		shift(byte(n))
	}
	be.PutUint32(b[140:], ^crc)
	return b
}

func cybertan() []byte {
	return fields(le, "W54G", 0, "\x07\x05\x0c\x04\x15\x01", "U2ND", "\x01\x00\x1f\x00", make([]byte, 10), trx1())
}

// words is the number that brings the sum of all 16-bit numbers to zero.
func words(order binary.ByteOrder, b []byte) (sum uint16) {
	for ; len(b) > 1; b = b[2:] {
		sum -= order.Uint16(b)
	}
	return sum
}

func realtek() []byte {
	k := both()[:kernelSize]
	r := rootfs[:len(rootfs)&^1]
	return slices.Concat(
		fields(be, "cs6c", 0x80500000, 0x20000, len(k)+2, k, words(be, k)),
		fields(be, "r6cr", 0x130000, 0x130000, len(r)+2, r, words(be, r)))
}

func edimaxNew() []byte {
	body := both()
	body = body[:len(body)&^1]
	return fields(be, "CSYS", 0x80500000, 0x20000, "RN68", len(body)+2, body, words(be, body))
}

func edimaxOld() []byte {
	body := both()
	body = body[:len(body)&^1]
	return fields(le, "CSYS", 0x80500000, len(body), body, words(le, body))
}

func zynos() []byte {
	object := func(kind byte, body []byte) []byte {
		var sum uint32
		for i := 0; i < len(body); i += 2 {
			sum += uint32(body[i]) << 8
			if i+1 < len(body) {
				sum += uint32(body[i+1])
			}
			for sum > 0xffff {
				sum = sum&0xffff + sum>>16
			}
		}
		return fields(be, 0x80014000, uint16(0), "SIG", kind, len(body), 0, byte(0x40), byte(0), uint16(sum), uint16(0), pad(15, "V4.50"), 0, 0, byte(0), body)
	}
	return object(3, append(firmwaretest.Kernel("", 1024), object(4, append(both(), 1))...))
}

func ubiquiti(signed bool) []byte {
	b := fields(be, "UBNT", pad(256, "XM.ar7240.v5.6.3"))
	b = fields(be, b, int(crc32.ChecksumIEEE(b)), 0)
	for i, p := range [][]byte{kernel, rootfs} {
		part := fields(be, "PART", pad(28, []string{"kernel", "rootfs"}[i]), 0x80002000, i+1, 0x9f050000, 0x80002000, len(p), len(p), p)
		b = fields(be, b, part, int(crc32.ChecksumIEEE(part)), 0)
	}
	if signed {
		return fields(be, b, "ENDS", noise(256), 0)
	}
	return fields(be, b, "END.", int(crc32.ChecksumIEEE(b)), 0)
}

func xiaomi() []byte {
	blob := func(name string, body []byte) []byte {
		body = append(slices.Clone(body), make([]byte, -len(body)&3)...)
		return fields(le, 0xbabe, 0x180000, len(body), uint16(7), uint16(0), pad(32, name), body)
	}
	k, r := blob("uImage.bin", kernel), blob("root.squashfs", rootfs)
	at := 48 + len(k) + len(r)
	b := fields(le, "HDR1", at, 0, uint16(0), uint16(0x12), 48, 48+len(k), make([]byte, 24), k, r, 256, make([]byte, 12), noise(256))
	le.PutUint32(b[8:], jam(b[12:]))
	return b
}

func sercomm() []byte {
	b := fields(be, "sErCoMm", "\x00\x01\x00\x00", pad(34, "DGND4000"), pad(10, "A001"), 0x1234, 0, "sErCoMm")
	b = slices.Concat(b, make([]byte, 512-len(b)), firmwaretest.Zip(firmwaretest.Binary("rootfs", 0o644, both())))
	sum := byte(0)
	for _, c := range b {
		sum += c
	}
	b[511] = -sum
	return b
}

func planex() []byte {
	body := both()
	d := sha1.Sum(append([]byte("\x00\x00\x00\x02"), body...))
	return fields(be, d[:], pad(8, "1.00.00"), "\x04\x08", len(body), body)
}

func npk() []byte {
	part := func(kind uint16, body []byte) []byte { return fields(le, kind, len(body), body) }
	main := fields(le, pad(16, "system"), "\x02\x66\x11\x07", 1738835884, make([]byte, 8))
	parts := slices.Concat(
		part(18, main), part(16, []byte("arm64")), part(7, []byte("update-console\n")),
		part(22, make([]byte, 100)), part(21, rootfs), part(9, noise(68)), part(24, []byte("stable")))
	return fields(le, "\x1e\xf1\xd0\xba", len(parts), parts)
}
