package facts

import (
	"encoding/binary"
	"hash/crc32"
	"slices"
	"testing"

	"github.com/assay-iot/assay/firmware"
)

// copyOf builds one copy of a redundant environment.
func copyOf(flag byte, verify string) []byte {
	variables := []byte("bootcmd=bootm\x00bootdelay=0\x00verify=" + verify + "\x00\x00")
	variables = append(variables, make([]byte, 4091-len(variables))...)
	return slices.Concat(binary.LittleEndian.AppendUint32(nil, crc32.ChecksumIEEE(variables)), []byte{flag}, variables)
}

// TestEnvironmentCopies reads the copy of an environment that U-Boot would read.
func TestEnvironmentCopies(t *testing.T) {
	for name, tc := range map[string]struct {
		copies [][]byte
		want   string
	}{
		"the newer":                 {[][]byte{copyOf(1, "yes"), copyOf(2, "no")}, "off"},
		"the newer, first":          {[][]byte{copyOf(200, "no"), copyOf(199, "yes")}, "off"},
		"the older":                 {[][]byte{copyOf(1, "no"), copyOf(2, "yes")}, ""},
		"the active":                {[][]byte{copyOf(0, "yes"), copyOf(1, "no")}, "off"},
		"the obsolete":              {[][]byte{copyOf(1, "yes"), copyOf(0, "no")}, ""},
		"both":                      {[][]byte{copyOf(1, "no"), copyOf(2, "no")}, "off"},
		"both, the same flag":       {[][]byte{copyOf(1, "no"), copyOf(1, "no")}, "off off"},
		"one, the same flag":        {[][]byte{copyOf(1, "no"), copyOf(1, "yes")}, "either"},
		"one of 255 and 0":          {[][]byte{copyOf(255, "no"), copyOf(0, "yes")}, "either"},
		"the other of 255 and 0":    {[][]byte{copyOf(255, "yes"), copyOf(0, "no")}, "either"},
		"one of three":              {[][]byte{copyOf(1, "yes"), copyOf(2, "no"), copyOf(3, "yes")}, "either"},
		"the only one that is left": {[][]byte{make([]byte, 4096), copyOf(0, "no")}, "off"},
		"all is checked":            {[][]byte{copyOf(1, "yes"), copyOf(1, "yes")}, ""},
	} {
		o, err := Observe(t.Context(), firmware.Bytes("flash.bin", slices.Concat(tc.copies...)), firmware.Options{}, UncheckedBoots)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for i, u := range valueOf(t, o, UncheckedBoots) {
			if i > 0 {
				got += " "
			}
			got += map[bool]string{false: "off", true: "either"}[u.Either]
		}
		if got != tc.want {
			t.Errorf("%s: %q, want %q", name, got, tc.want)
		}
	}
}
