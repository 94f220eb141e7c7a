package firmware_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/firmware/firmwaretest"
	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
)

// regular lists the paths of the regular files.
func regular(img *firmware.Image) (paths []string) {
	for _, f := range img.Files {
		if f.Kind == firmware.Regular {
			paths = append(paths, f.Path)
		}
	}
	return paths
}

// TestIpk opens a package of OpenWrt: a compressed tar of compressed tars.
func TestIpk(t *testing.T) {
	control := firmwaretest.Tar(firmwaretest.Text("control", 0o644, "Package: sample\nVersion: 1.0\n"))
	data := firmwaretest.Tar(firmwaretest.Text("etc/sample", 0o600, "secret\n"), firmwaretest.Text("usr/bin/sample", 0o4755, "#!/bin/sh\n"))
	ipk := firmwaretest.Gzip("", firmwaretest.Tar(
		firmwaretest.Text("debian-binary", 0o644, "2.0\n"),
		firmwaretest.Binary("data.tar.gz", 0o644, firmwaretest.Gzip("", data)),
		firmwaretest.Binary("control.tar.gz", 0o644, firmwaretest.Gzip("", control)),
	))
	img := reference.Open(t, ipk)
	outer := "image.bin!gzip!tar!"
	want := []string{
		outer + "control.tar.gz", outer + "control.tar.gz!gzip!tar!control", outer + "data.tar.gz",
		outer + "data.tar.gz!gzip!tar!etc/sample", outer + "data.tar.gz!gzip!tar!usr/bin/sample", outer + "debian-binary",
	}
	if got := regular(img); !slices.Equal(got, want) || len(img.Skipped) > 0 {
		t.Errorf("%s\nskipped %v", strings.Join(got, "\n"), img.Skipped)
	}
	if f := reference.Find(t, img, "!etc/sample"); f.Mode != 0o600 || !f.Container.Modes {
		t.Errorf("%+v", f)
	}
}

// TestApk opens a package of Alpine 2: three compressed tars one after another, of
// which the first two have no end. All three must be seen, also where one has an
// end all the same.
func TestApk(t *testing.T) {
	segments := [][]byte{
		firmwaretest.Tar(firmwaretest.Text(".SIGN.RSA.a@example.org.rsa.pub", 0o644, "signature")),
		firmwaretest.Tar(firmwaretest.Text(".PKGINFO", 0o644, "pkgname = sample\n")),
		firmwaretest.Tar(firmwaretest.Text("etc/sample", 0o600, "secret\n")),
	}
	open := func(b []byte) []byte { return b[:(len(bytes.TrimRight(b, "\x00"))+511)&^511] }
	for name, cut := range map[string]func(i int) []byte{
		"as abuild does": func(i int) []byte {
			if i < 2 {
				return open(segments[i])
			}
			return segments[i]
		},
		"each with its end": func(i int) []byte { return segments[i] },
	} {
		t.Run(name, func(t *testing.T) {
			var apk []byte
			for i := range segments {
				apk = append(apk, firmwaretest.Gzip("", cut(i))...)
			}
			img := reference.Open(t, apk)
			for _, name := range []string{"!.SIGN.RSA.a@example.org.rsa.pub", "!.PKGINFO", "!etc/sample"} {
				reference.Find(t, img, name)
			}
			if f := reference.Find(t, img, "!etc/sample"); f.Mode != 0o600 || !f.Container.Modes {
				t.Errorf("%+v", f)
			}
			if len(img.Skipped) > 0 {
				t.Errorf("skipped: %v", img.Skipped)
			}
		})
	}
}
