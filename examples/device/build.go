package device

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/x509"
	"encoding/binary"
	"encoding/pem"
	"fmt"
	"hash/crc32"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/assay-iot/assay/firmware/firmwaretest"
)

// Device is one example: what is in the image, and how it is packed.
type Device struct {
	Folder         string // of the example, under the examples folder
	Image          string // under the folder
	Arch           string // GOARCH of its processor
	Kernel         string // version of the kernel that is stood in for
	MachineOfUBoot uint8  // number of the processor in a uImage header
	Built          time.Time
	TailSize       int // erased flash at the end, in bytes
}

// Devices lists the example devices.
func Devices() []Device {
	return []Device{
		{
			Folder: "hearth-hub", Image: "dist/hearth-hub-2.4.1.bin", Arch: "arm",
			Kernel: "6.6.87", MachineOfUBoot: 2,
			Built: time.Date(2026, 2, 20, 0, 0, 0, 0, time.UTC), TailSize: 64 << 10,
		},
		{
			Folder: "leaky-cam", Image: "dist/leaky-cam-1.0.7.bin", Arch: "mipsle",
			Kernel: "3.10.14", MachineOfUBoot: 5,
			Built: time.Date(2021, 6, 1, 0, 0, 0, 0, time.UTC), TailSize: 64 << 10,
		},
	}
}

// Build makes the image of one device; root is the examples folder. The same
// sources and the same version of Go give the same bytes.
func Build(ctx context.Context, root string, d Device) error {
	files, err := Files(ctx, root, d)
	if err != nil {
		return err
	}
	image, err := Image(d, files)
	if err != nil {
		return err
	}
	out := filepath.Join(root, d.Folder, d.Image)
	if err := os.MkdirAll(filepath.Dir(out), 0o755); err != nil {
		return err
	}
	return os.WriteFile(out, image, 0o644)
}

// Files gives the files of a device's root file system.
func Files(ctx context.Context, root string, d Device) ([]firmwaretest.File, error) {
	src, err := os.ReadFile(filepath.Join(root, d.Folder, "device.txtar"))
	if err != nil {
		return nil, err
	}
	tree, err := ParseTree(src)
	if err != nil {
		return nil, err
	}
	return fill(ctx, root, d, tree)
}

// Image packs the files as the flash image of a device.
func Image(d Device, files []firmwaretest.File) ([]byte, error) {
	var system bytes.Buffer
	if err := firmwaretest.WriteSquashfs(&system, firmwaretest.SquashfsOptions{Time: d.Built}, files...); err != nil {
		return nil, fmt.Errorf("device %s: %w", d.Folder, err)
	}
	kernel := firmwaretest.Gzip("", firmwaretest.Kernel(d.Kernel, 32<<10))
	return assemble(d, kernel, system.Bytes()), nil
}

// fill gives each entry its content: compiled programs and fresh keys.
func fill(ctx context.Context, root string, d Device, tree []Entry) ([]firmwaretest.File, error) {
	programs := map[string][]byte{}
	var files []firmwaretest.File
	for _, e := range tree {
		switch {
		case e.Program == "hardened":
			e.Data = hardened(e.Name)
		case e.Program != "":
			if programs[e.Program] == nil {
				binary, err := compile(ctx, root, e.Program, d.Arch)
				if err != nil {
					return nil, err
				}
				programs[e.Program] = binary
			}
			e.Data = programs[e.Program]
		case e.Key != "":
			key, err := makeKey(d.Folder + "/" + e.Key)
			if err != nil {
				return nil, err
			}
			e.Data = key
		}
		files = append(files, firmwaretest.File{
			Name: e.Name, Mode: e.Mode, UID: e.UID, GID: e.GID, Link: e.Link, Data: e.Data, ModTime: d.Built,
		})
	}
	return files, nil
}

// compile builds a program of examples/device/programs for the device.
func compile(ctx context.Context, root, program, arch string) ([]byte, error) {
	dir, err := os.MkdirTemp("", "device-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	out := filepath.Join(dir, program)
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-buildvcs=false", "-ldflags=-s -w", "-o", out, "./device/programs/"+program)
	build.Dir = root
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH="+arch, "GOARM=7", "GOMIPS=softfloat", "GOFLAGS=")
	if msg, err := build.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("device: compile %s for %s: %w\n%s", program, arch, err, msg)
	}
	binary, err := os.ReadFile(out)
	if err != nil {
		return nil, err
	}
	return blank(binary), nil
}

// blank takes the mark of Go's build data out of a program, since the stand-ins
// stand for programs that were not written in Go: an inventory of the device
// would otherwise name this project and the builder's version of Go.
func blank(binary []byte) []byte {
	mark := []byte("\xff Go buildinf:")
	for at := bytes.Index(binary, mark); at >= 0; at = bytes.Index(binary, mark) {
		clear(binary[at : at+len(mark)])
	}
	return binary
}

// makeKey makes a private key that is the same in every build of the example,
// as it would be in every device of a careless maker. It protects nothing.
func makeKey(name string) ([]byte, error) {
	seed := sha256.Sum256([]byte("Assay example, worthless key: " + name))
	der, err := x509.MarshalPKCS8PrivateKey(ed25519.NewKeyFromSeed(seed[:]))
	if err != nil {
		return nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), nil
}

// assemble lays out the flash image: a vendor header of 32 bytes, the kernel in
// a uImage, erased flash up to the next 64 KiB, the root file system, erased
// flash at the end.
func assemble(d Device, kernel, system []byte) []byte {
	const block = 64 << 10
	body := firmwaretest.UImage(d.Folder, kernel, firmwaretest.UImageHeader{
		OS: 5, Arch: d.MachineOfUBoot, Type: 2, Compression: 1, Load: 0x80008000, Entry: 0x80008000, Time: d.Built,
	})
	image := make([]byte, 32, 32+len(body)+len(system)+2*block)
	image = append(image, body...)
	image = erase(image, (block-len(image)%block)%block)
	image = append(image, system...)
	image = erase(image, d.TailSize)
	copy(image, "EXAMPLE\x00")
	copy(image[16:], d.Folder)
	binary.BigEndian.PutUint32(image[8:], uint32(len(image)))
	binary.BigEndian.PutUint32(image[12:], crc32.ChecksumIEEE(image[32:]))
	return image
}

func erase(image []byte, n int) []byte { return append(image, bytes.Repeat([]byte{0xff}, n)...) }
