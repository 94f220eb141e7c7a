package dfu_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/assay-iot/assay/firmware/dfu"
	"github.com/assay-iot/assay/firmware/firmwaretest"
	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
)

// TestAgainstDfuUtil reads what dfu-suffix and dfu-prefix of dfu-util wrote.
func TestAgainstDfuUtil(t *testing.T) {
	suffix, prefix := reference.Need(t, "dfu-suffix"), reference.Need(t, "dfu-prefix")
	program := firmwaretest.Kernel("", 12345)
	for name, c := range map[string]struct {
		prefix, suffix []string
		want           map[string]string
		offset         int64
	}{
		"suffix": {nil, []string{"-v", "1d50", "-p", "6018", "-d", "ffff", "-a"}, map[string]string{"vendor": "0x1d50", "product": "0x6018", "device": ""}, 0},
		"1.1a":   {nil, []string{"-S", "0x011a", "-a"}, map[string]string{"version": "1.1a", "vendor": ""}, 0},
		"1.0":    {nil, []string{"-S", "0x0100", "-a"}, map[string]string{"version": "1.00"}, 0},
		"stellaris": {
			[]string{"-s", "0x1800", "-a"},
			[]string{"-a"},
			map[string]string{"prefix": "stellaris", "load": "0x00001800"},
			8,
		},
		"lpc": {[]string{"-L", "-a"}, []string{"-a"}, map[string]string{"prefix": "lpc"}, 16},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			file := filepath.Join(dir, "file")
			if err := os.WriteFile(file, program, 0o600); err != nil {
				t.Fatal(err)
			}
			if c.prefix != nil {
				reference.Run(t, dir, prefix, append(c.prefix, file)...)
			}
			reference.Run(t, dir, suffix, append(c.suffix, file)...)
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			o := open(t, dfu.Suffix, b)
			if !o.Hashes[0].OK || o.Damage != nil || o.Length != int64(len(b)) {
				t.Errorf("%+v", o)
			}
			for k, want := range c.want {
				if o.Attributes[k] != want {
					t.Errorf("%s %q, want %q", k, o.Attributes[k], want)
				}
			}
			p := o.Parts[0]
			if p.Offset != c.offset || !bytes.Equal(b[p.Offset:p.Offset+p.Length], program) {
				t.Errorf("%+v in %d bytes", p, len(b))
			}
		})
	}
}
