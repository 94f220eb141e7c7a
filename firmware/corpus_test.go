package firmware_test

import (
	"context"
	"crypto/sha256"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
)

// corpus is the folder of real images beside the project, or the test is skipped.
func corpus(t *testing.T, name string) string {
	t.Helper()
	p := filepath.Join("..", "..", "shared", "corpus", name)
	if _, err := os.Stat(p); err != nil {
		t.Skip("no corpus beside the project")
	}
	return p
}

func TestRealImages(t *testing.T) {
	for name, want := range map[string]struct {
		types string
		file  string
		size  int64
		at    string // of the squashfs
	}{
		"openwrt-r44918-wrt350nv2-sysupgrade.img":  {"uimage zimage xz cpio squashfs jffs2-end", "squashfs!etc/shadow", 115, "0x100000"},
		"openwrt-r7210-wnr854t-factory.img":        {"netgear-model jffs2 uimage zimage xz cpio squashfs jffs2-end", "squashfs!etc/shadow", 140, "0x140014"},
		"syn-router-mipsel-uimage-squashfs.bin":    {"uimage lzma dtb cpio squashfs", "squashfs!etc/lighttpd/server.pem", 0, "0x180000"},
		"syn-ap-mipsel.trx":                        {"trx lzma dtb cpio squashfs", "rootfs!squashfs!etc/lighttpd/lighttpd.conf", 0, "0x180000"},
		"debian-d-i-buffalo-initrd.buffalo":        {"uimage xz cpio gzip gzip gzip gzip raw", "uimage!xz!cpio!etc/passwd", 0, ""},
		"syn-gateway-armhf-signed.itb":             {"fit zimage xz zstd zstd zlib zlib zlib zlib cpio dtb gzip cpio", "fit!ramdisk-1!gzip!cpio!etc/shadow", 0, ""},
		"rauc-good-bundle.raucb":                   {"rauc squashfs", "rauc!squashfs!manifest.raucm", 0, "0x0"},
		"syn-well-armhf.raucb":                     {"rauc squashfs squashfs", "rootfs.squashfs!squashfs!etc/rauc/system.conf", 0, "0x0"},
		"syn-panel-signed.swu":                     {"swupdate cpio squashfs gzip", "cpio!rootfs.squashfs!squashfs!etc/swupdate.cfg", 0, "0xa70"},
		"syn-gateway-signed.mender":                {"mender tar gzip tar gzip tar ext", "ext!etc/mender/mender.conf", 0, ""},
		"syn-edge-armhf-systemd.squashfs":          {"squashfs", "squashfs!etc/systemd/system/telnet.socket", 0, "0x0"},
		"esptool-hello-world-signed-encrypted.bin": {"esp-encrypted", "", 0, ""},
		"esptool-bootloader_signed_v2_rsa.bin":     {"esp-image esp-secure-boot-v2", "esp-image!iram-0x40078000!code-0x000024cc", 16424, ""},
		"tuya-convert-espurna.bin":                 {"esp-image esp-image gzip", "esp-image!iram-0x4010f000!code-0x00000010", 1384, ""},
	} {
		t.Run(name, func(t *testing.T) {
			src, closer, err := firmware.SourceFile(corpus(t, name))
			if err != nil {
				t.Fatal(err)
			}
			defer closer.Close()
			img, err := firmware.Open(context.Background(), src, firmware.Options{})
			if err != nil {
				t.Fatal(err)
			}
			reference.Check(t, img)
			if got := types(img); got != want.types {
				t.Errorf("containers %q, want %q", got, want.types)
			}
			if want.file == "" {
				if !img.Opaque {
					t.Error("not opaque")
				}
				return
			}
			if f := reference.Find(t, img, want.file); want.size > 0 && f.Size != want.size {
				t.Errorf("%s has %d bytes", f.Path, f.Size)
			}
			for _, c := range img.Containers {
				if c.Type == "squashfs" && want.at != "0x"+strings.TrimLeft(hex(c.Offset), "0") && c.Offset > 0 {
					t.Errorf("squashfs at 0x%s", hex(c.Offset))
				}
			}
			again(t, img)
		})
	}
}

func hex(n int64) string {
	const digits = "0123456789abcdef"
	s := ""
	for ; n > 0; n >>= 4 {
		s = string(digits[n&15]) + s
	}
	return s
}

// again reads some of the files a second time.
func again(t *testing.T, img *firmware.Image) {
	t.Helper()
	for i, f := range img.Files {
		if i%37 != 0 || f.Err != nil || (f.Kind != firmware.Regular && f.Kind != firmware.Raw) {
			continue
		}
		if b, err := f.ReadFile(); err != nil || sha256.Sum256(b) != f.Digest {
			t.Errorf("%s read again: %v", f.Path, err)
		}
	}
}
