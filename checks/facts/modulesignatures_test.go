package facts

import (
	"encoding/binary"
	"hash/crc32"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware"
)

// module is a kernel module with a signature of a kind.
func module(kind byte, value string, lie int) string {
	about := append([]byte{0, 0, kind, 0, 0, 0, 0, 0}, binary.BigEndian.AppendUint32(nil, uint32(len(value)+lie))...)
	return "\x7fELF" + strings.Repeat("\x00", 600) + value + string(about) + moduleMark
}

// message is a sequence in DER of 260 bytes.
var message = "\x30\x82\x01\x00" + strings.Repeat("m", 256)

func TestModuleSignatures(t *testing.T) {
	o := observeFiles(t, map[string]string{
		"lib/modules/5.10/a.ko": module(2, message, 0), "lib/modules/5.10/b.ko": "\x7fELF" + strings.Repeat("\x00", 600),
		"lib/modules/5.10/c.ko": module(2, message, 5000), "lib/modules/5.10/d.ko": module(9, message, 0), "lib/modules/5.10/e.ko": module(2, "no message", 0),
		"lib/modules/5.10/f.ko": "\x7fELF" + moduleMark, "lib/modules/5.10/g.ko": "no module", "lib/modules/5.10/h.ko": module(2, message, -4),
	}, ModuleSignatures)
	got := map[string]string{}
	for _, m := range valueOf(t, o, ModuleSignatures) {
		name := m.Location.Path[len(m.Location.Path)-4:]
		got[name] = m.Kind + m.Problem
		if m.Signed && (m.Location.Offset != 604 || m.Location.Length != int64(len(message))) {
			t.Errorf("%s: at %d, %d bytes", name, m.Location.Offset, m.Location.Length)
		}
	}
	for name, want := range map[string]string{
		"a.ko": "PKCS#7", "b.ko": "", "c.ko": "its signature is not as long as it says", "d.ko": "its signature is of an unknown kind",
		"e.ko": "its signature is no PKCS#7", "f.ko": "the mark of a signature stands behind nothing", "h.ko": "its signature is no PKCS#7",
	} {
		if said, ok := got[name]; !ok || said != want {
			t.Errorf("%s: %q, want %q", name, said, want)
		}
	}
	if len(got) != 7 {
		t.Errorf("%v", got)
	}
}

func FuzzModuleSignature(f *testing.F) {
	f.Add([]byte(module(2, message, 0)))
	f.Add([]byte(module(2, message, 5000)))
	f.Fuzz(func(t *testing.T, b []byte) {
		m := moduleSignature(b)
		if m.Signed && (m.Location.Offset < 0 || m.Location.Offset+m.Location.Length > int64(len(b))) {
			t.Errorf("%+v of %d bytes", m, len(b))
		}
	})
}

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

// TestUncheckedBoots reads the words for no as U-Boot does.
func TestUncheckedBoots(t *testing.T) {
	for content, want := range map[string]int{
		"verify=n\n": 1, "bootdelay=1\nverify=0\n": 1, "verify=off\n": 1,
		"verify=yes\n": 0, "verify=1\n": 0, "verify=\n": 0, "verify_image=no\n": 0, "bootcmd=setenv verify no\n": 0,
	} {
		if got := observed(t, UncheckedBoots, map[string]string{"etc/u-boot-initial-env": content}); len(got) != want {
			t.Errorf("%q: %+v", content, got)
		}
	}
}
