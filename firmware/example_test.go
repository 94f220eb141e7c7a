package firmware_test

import (
	"context"
	"fmt"
	"io/fs"
	"log"

	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/firmware/firmwaretest"
)

// router is a small image as a vendor delivers it: a kernel in a uImage and, at
// an odd offset behind it, the root file system.
func router() []byte {
	kernel := firmwaretest.UImage("Linux", firmwaretest.Gzip("", firmwaretest.Kernel("5.10.1", 64<<10)), firmwaretest.UImageHeader{})
	rootfs := firmwaretest.Squashfs(
		firmwaretest.Text("etc/passwd", 0o644, "root:x:0:0:root:/root:/bin/sh\n"),
		firmwaretest.Text("etc/shadow", 0o600, "root:*:19000::::::\n"),
	)
	return append(kernel, rootfs...)
}

func ExampleOpen() {
	img, err := firmware.Open(context.Background(), firmware.Bytes("router.bin", router()), firmware.Options{})
	if err != nil {
		log.Fatal(err)
	}
	for _, f := range img.Files {
		if f.Kind == firmware.Regular {
			fmt.Printf("%s %v %d:%d %x…\n", f.Path, f.Mode, f.UID, f.GID, f.Digest[:4])
		}
	}
	for _, s := range img.Skipped {
		fmt.Println("not opened:", s.Path, s.Reason)
	}
	// Output:
	// router.bin!squashfs!etc/passwd -rw-r--r-- 0:0 79492b90…
	// router.bin!squashfs!etc/shadow -rw------- 0:0 898f2dc4…
}

func ExampleContainer_FS() {
	img, err := firmware.Open(context.Background(), firmware.Bytes("router.bin", router()), firmware.Options{})
	if err != nil {
		log.Fatal(err)
	}
	for _, c := range img.Containers {
		if c.Type == "squashfs" {
			passwd, err := fs.ReadFile(c.FS(), "etc/passwd")
			fmt.Printf("%s%v\n", passwd, err)
		}
	}
	// Output:
	// root:x:0:0:root:/root:/bin/sh
	// <nil>
}

// Every content is given once while the image is read, in the order of the
// disk: nothing is decompressed twice.
func ExampleOptions_visit() {
	secrets := make(chan string, 10)
	opts := firmware.Options{Visit: func(f *firmware.File, content []byte) {
		if f.Name == "etc/shadow" {
			secrets <- fmt.Sprintf("%s: %d bytes", f.Path, len(content))
		}
	}}
	if _, err := firmware.Open(context.Background(), firmware.Bytes("router.bin", router()), opts); err != nil {
		log.Fatal(err)
	}
	fmt.Println(<-secrets)
	// Output: router.bin!squashfs!etc/shadow: 19 bytes
}

func ExampleEntropy() {
	image := append(make([]byte, 1024), firmwaretest.Gzip("", firmwaretest.Kernel("5.10.1", 64<<10))...)
	cells, err := firmware.Entropy(firmware.Bytes("x", image[:2048]).Reader, 2048, 2)
	fmt.Printf("%.0f %v\n", cells[0], cells[1] > 7)
	fmt.Println(err)
	// Output:
	// 0 true
	// <nil>
}
