package esp

import (
	"fmt"
	"hash/crc32"
	"strconv"
	"strings"

	"github.com/assay-iot/assay/firmware/format"
)

const (
	appMagic        = 0xabcd5432
	appSize         = 256
	bootloaderMagic = 80
	bootloaderSize  = 80
)

// describe notes what the headers say.
func (img *image) describe(a map[string]string) {
	a["chip"], a["entry"], a["flash-mode"] = img.chip.name, fmt.Sprintf("0x%08x", img.entry), flashMode(img.mode)
	if img.chip == esp8266 {
		a["version"] = strconv.Itoa(img.version)
	}
	if img.extended != nil {
		a["min-chip-revision"] = revision(max(le.Uint16(img.extended[7:]), uint16(img.extended[6])*100))
		if limit := le.Uint16(img.extended[9:]); limit != 0 && limit != 0xffff {
			a["max-chip-revision"] = revision(limit)
		}
	}
	for i, s := range img.segments {
		a[fmt.Sprintf("segment-%02d", i)] = fmt.Sprintf("%s load 0x%08x offset 0x%x size 0x%x", s.name, s.addr, s.at, s.size)
	}
}

func revision(n uint16) string { return fmt.Sprintf("%d.%d", n/100, n%100) }

// describeProgram notes what the program says of itself at the start of its first
// segment, or of the first that stays in the flash.
func describeProgram(in format.Input, img *image, a map[string]string) {
	if img.extended == nil {
		return
	}
	for _, s := range img.segments {
		b := in.Peek(s.at, int(min(s.size, appSize)))
		if len(b) == appSize && le.Uint32(b) == appMagic {
			describeApp(b, a)
			return
		}
	}
	first := img.segments[0]
	if b := in.Peek(first.at, int(min(first.size, bootloaderSize))); len(b) == bootloaderSize {
		describeBootloader(b, a)
	}
}

// describeApp reads ESP-IDF's description of an application.
func describeApp(b []byte, a map[string]string) {
	a["kind"] = "application"
	a["secure-version"] = strconv.FormatUint(uint64(le.Uint32(b[4:])), 10)
	for _, f := range []struct {
		name     string
		from, to int
	}{
		{"app-version", 16, 48}, {"project", 48, 80}, {"built-time", 80, 96}, {"built-date", 96, 112}, {"idf-version", 112, 144},
	} {
		if s := text(b[f.from:f.to]); s != "" {
			a[f.name] = s
		}
	}
	a["elf-sha256"] = fmt.Sprintf("%x", b[144:176])
}

// describeBootloader reads ESP-IDF's description of its second boot loader. Its
// magic number is one byte, so the version must look like one.
func describeBootloader(b []byte, a map[string]string) {
	idf, built := text(b[8:40]), text(b[40:64])
	if b[0] != bootloaderMagic || b[1] != 0 || b[2] != 0 || idf == "" || built == "" || strings.Trim(idf[:1], "v0123456789") != "" && !strings.Contains(idf, ".") {
		return
	}
	a["kind"], a["idf-version"], a["built"] = "bootloader", idf, built
	a["bootloader-version"] = strconv.FormatUint(uint64(le.Uint32(b[4:])), 10)
	a["secure-version"] = strconv.Itoa(int(b[3]))
}

// text is a string that ends with a NUL or fills its field; empty if it is not
// plain.
func text(b []byte) string {
	s, _, _ := strings.Cut(string(b), "\x00")
	for _, c := range []byte(s) {
		if c < ' ' || c > '~' {
			return ""
		}
	}
	return s
}

// crc8266 is the checksum that the boot loader of the ESP8266 has for version 2:
// a number of which the highest bit is never set.
func crc8266(b []byte) uint32 {
	crc := crc32.ChecksumIEEE(b)
	if crc&0x80000000 != 0 {
		return ^crc
	}
	return crc + 1
}
