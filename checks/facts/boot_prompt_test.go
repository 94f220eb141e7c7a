package facts

import (
	"encoding/binary"
	"hash/crc32"
	"testing"

	"github.com/assay-iot/assay/firmware"
)

func TestLoaderPrompts(t *testing.T) {
	for content, want := range map[string]LoaderPrompt{
		"bootcmd=run boot\nbootdelay=3\n":                     {Delay: 3},
		"bootdelay=-2\nstdin=serial\n":                        {Delay: -2, Input: "serial"},
		"bootdelay=-1\n":                                      {Delay: -1},
		"bootdelay=5\nbootstopkeysha256=abcd\nstdin=serial\n": {Delay: 5, Password: true, Input: "serial"},
		"bootdelay=1\nstdin=nulldev\n":                        {Delay: 1, Input: "nulldev"},
	} {
		p, ok := loaderPrompt(Text{File: &firmware.File{Path: "x!env", Name: "env"}, Content: content})
		p.Location.Path, p.Location.Line, p.Location.Offset, p.Location.Length = "", 0, 0, 0
		if !ok || p != want {
			t.Errorf("%q: %+v, want %+v", content, p, want)
		}
	}
	for _, none := range []string{"", "bootcmd=x\n", "bootdelay=soon\n", "bootdelay=99999999999999999999\n", "# bootdelay=3 is usual\n"} {
		if p, ok := loaderPrompt(Text{File: &firmware.File{Path: "x!env", Name: "env"}, Content: none}); ok {
			t.Errorf("%q: %+v", none, p)
		}
	}
}

// TestStoredEnvironment finds the prompt, and a shell on the kernel's command
// line, in the environment of a flash.
func TestStoredEnvironment(t *testing.T) {
	variables := []byte("bootargs=console=ttyS0,115200 init=/bin/sh\x00bootcmd=bootm 0x9f020000\x00bootdelay=1\x00\x00")
	variables = append(variables, make([]byte, 4092-len(variables))...)
	env := append(binary.LittleEndian.AppendUint32(nil, crc32.ChecksumIEEE(variables)), variables...)
	o, err := Observe(t.Context(), firmware.Bytes("flash.bin", env), firmware.Options{}, LoaderPrompts, Consoles)
	if err != nil {
		t.Fatal(err)
	}
	if p := valueOf(t, o, LoaderPrompts); len(p) != 1 || !p[0].Stored || p[0].Delay != 1 || !p[0].Open() {
		t.Errorf("%+v", p)
	}
	if c := valueOf(t, o, Consoles); len(c) != 1 || c[0].Device != "kernel" || c[0].Program != "init=/bin/sh" {
		t.Errorf("%+v", c)
	}
}
