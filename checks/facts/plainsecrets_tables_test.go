package facts

import (
	"debug/elf"
	"encoding/binary"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware"
)

// tableImage is an ELF file with a table: rows of pointers to strings, of a width in
// words. With rela a relocation writes each pointer, and its place holds nothing.
func tableImage(bits int, order binary.ByteOrder, rela bool, width int, rows [][]string) []byte {
	word, ehdr, phdr := bits/8, 64, 56
	if bits == 32 {
		ehdr, phdr = 52, 32
	}
	const base = 0x10000
	tableAt := ehdr + 2*phdr
	relaAt := tableAt + len(rows)*width*word
	dynAt := relaAt + 2*len(rows)*3*word
	textAt := dynAt + 6*word
	b := make([]byte, textAt+1)
	put := func(at int, v uint64) {
		if bits == 32 {
			order.PutUint32(b[at:], uint32(v))
		} else {
			order.PutUint64(b[at:], v)
		}
	}
	n := 0
	for i, row := range rows {
		for j, s := range row {
			place, target := tableAt+(i*width+j)*word, uint64(base+len(b))
			b = append(append(b, s...), 0)
			if rela {
				put(relaAt+n*3*word, uint64(base+place))
				put(relaAt+n*3*word+2*word, target)
				n++
			} else {
				put(place, target)
			}
		}
	}
	if rela {
		for i, v := range []uint64{uint64(elf.DT_RELA), uint64(base + relaAt), uint64(elf.DT_RELASZ), uint64(n * 3 * word)} {
			put(dynAt+i*word, v)
		}
	}
	copy(b, "\x7fELF")
	b[4], b[5], b[6] = byte(bits/32), 1, 1
	if order == binary.BigEndian {
		b[5] = 2
	}
	order.PutUint16(b[16:], 3)
	segment := func(i int, kind elf.ProgType, at, size int) {
		h := ehdr + i*phdr
		order.PutUint32(b[h:], uint32(kind))
		if bits == 32 {
			for j, v := range []int{at, base + at, 0, size, size, 6} {
				order.PutUint32(b[h+4+4*j:], uint32(v))
			}
			return
		}
		order.PutUint32(b[h+4:], 6)
		for j, v := range []int{at, base + at, 0, size, size} {
			order.PutUint64(b[h+8+8*j:], uint64(v))
		}
	}
	if bits == 32 {
		order.PutUint32(b[28:], uint32(ehdr))
		order.PutUint16(b[42:], uint16(phdr))
		order.PutUint16(b[44:], 2)
	} else {
		order.PutUint64(b[32:], uint64(ehdr))
		order.PutUint16(b[54:], uint16(phdr))
		order.PutUint16(b[56:], 2)
	}
	segment(0, elf.PT_LOAD, 0, len(b))
	segment(1, elf.PT_DYNAMIC, dynAt, 6*word)
	return b
}

// tableNames are the names of the passwords that are seen in a table.
func tableNames(image []byte) string {
	var names []string
	f := &firmware.File{Path: "x!usr/sbin/httpd", Name: "usr/sbin/httpd", Kind: firmware.Regular, Size: int64(len(image))}
	for _, s := range tableSecrets.Spot(f, image, tableSecrets.Words.Sights(image)) {
		names = append(names, s.Name)
		if got, _ := s.Secret.Reveal(); string(image[s.Location.Offset:s.Location.Offset+s.Location.Length]) != got {
			names = append(names, "at a wrong place")
		}
	}
	return strings.Join(names, " ")
}

func TestTablesOfSettings(t *testing.T) {
	defaults := [][]string{{"lan_ipaddr", "192.168.1.1"}, {"http_username", "admin"}, {"http_passwd", "admin"}, {"wl0_wpa_psk", "acmewifi123"}, {"lan_proto", ""}}
	for _, bits := range []int{32, 64} {
		for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
			for _, rela := range []bool{false, true} {
				for width := 2; width <= 4; width++ {
					if got := tableNames(tableImage(bits, order, rela, width, defaults)); got != "http_passwd wl0_wpa_psk" {
						t.Errorf("%d bits, %v, rela %v, width %d: got %q", bits, order, rela, width, got)
					}
				}
			}
		}
	}
	for name, rows := range map[string][][]string{
		"descriptions":     {{"user", "name of the user"}, {"login_password", "password of the user"}, {"host", "name of the server"}},
		"types":            {{"user", "string"}, {"login_password", "string"}, {"port", "int"}},
		"other names":      {{"user_name", "username"}, {"user_passwd", "password"}, {"host", "hostname"}},
		"paths":            {{"group_db", "/etc/group"}, {"user_passwd", "/etc/passwd"}, {"hosts", "/etc/hosts"}},
		"formats":          {{"user_name", "user=%s"}, {"user_passwd", "passwd=%s1"}, {"host", "host=%s"}},
		"ciphers":          {{"user_name", "x"}, {"user_passwd", "aes-128-x"}, {"host", "x"}},
		"nothing":          {{"http_username", ""}, {"http_passwd", ""}, {"lan_proto", "dhcp"}},
		"a pair alone":     {{"http_passwd", "Tz8kq2pW"}},
		"no names beside":  {{"Enter it!", "x"}, {"http_passwd", "Tz8kq2pW"}, {"Not so?", "y"}},
		"words of a shell": {{"su", "root"}, {"passwd", "root"}, {"login", "user"}},
	} {
		if got := tableNames(tableImage(32, binary.LittleEndian, false, 2, rows)); got != "" {
			t.Errorf("%s: got %q", name, got)
		}
	}
}

func FuzzTables(f *testing.F) {
	f.Add(tableImage(32, binary.BigEndian, false, 2, [][]string{{"a_b", "c"}, {"http_passwd", "Tz8kq2pW"}, {"d_e", "f"}}))
	f.Add(tableImage(64, binary.LittleEndian, true, 3, [][]string{{"a_b", "c"}, {"http_passwd", "Tz8kq2pW"}, {"d_e", "f"}}))
	f.Fuzz(func(t *testing.T, image []byte) { tableNames(image) })
}
