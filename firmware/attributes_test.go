package firmware_test

import (
	"archive/tar"
	"bytes"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
)

// TestAttributes offers values of attributes and targets of links that may be something
// else than what they are for.
func TestAttributes(t *testing.T) {
	const token = "ghp_0123456789abcdefghijABCDEFGHIJ012345"
	archive := func(h tar.Header) []byte {
		var b bytes.Buffer
		w := tar.NewWriter(&b)
		h.Name = "etc/x"
		if err := w.WriteHeader(&h); err != nil {
			t.Fatal(err)
		}
		_ = w.Close()
		return b.Bytes()
	}
	xattr := func(name, value string) tar.Header {
		return tar.Header{Typeflag: tar.TypeReg, PAXRecords: map[string]string{"SCHILY.xattr." + name: value}}
	}
	link := func(target string) tar.Header { return tar.Header{Typeflag: tar.TypeSymlink, Linkname: target} }
	for name, c := range map[string]struct {
		h     tar.Header
		holds string // what is offered of it
	}{
		"a key in an attribute": {xattr("user.note", key), "etc/x\x00user.note=" + key + "\x00"},
		"a key in a label":      {xattr("security.selinux", key), "security.selinux=" + key},
		"a token in a label":    {xattr("security.SMACK64", token), token},
		"a token":               {link(token), "etc/x\x00" + token + "\x00"},
		"a token of a path":     {link("/var/" + token), token},
		"an address":            {link("https://u:p@host.vendor.invalid/x"), "\x00https://u:p@host.vendor.invalid/x\x00"},
		"a key":                 {link(key), key},
		"a short one":           {xattr("user.pax.flags", "em"), ""},
		"a label":               {xattr("security.selinux", "u:object_r:system_file:s0\x00"), ""},
		"capabilities":          {xattr("security.capability", "\x01\x00\x00\x02\x00\x04\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"), ""},
		"an access list":        {xattr("system.posix_acl_access", "\x02\x00\x00\x00\x01\x00\x06\x00\xff\xff\xff\xff"), ""},
		"a path":                {link("../../usr/share/ca-certificates/mozilla/GlobalSign_ECC_Root_CA_-_R4.crt"), ""},
		"a library":             {link("libstdc++.so.6.0.30"), ""},
		"a unit":                {link("/usr/lib/systemd/system/dbus-org.freedesktop.login1.service"), ""},
		"a number":              {link("/sys/devices/platform/0123456789012345678901234567890123456789"), ""},
	} {
		got := ""
		for _, f := range reference.Open(t, archive(c.h)).Files {
			if f.Kind == firmware.Raw {
				b, _ := f.ReadFile()
				got += string(b)
			}
		}
		if (got == "") != (c.holds == "") || !strings.Contains(got, c.holds) {
			t.Errorf("%s: offered %q, want %q", name, got, c.holds)
		}
	}
}
