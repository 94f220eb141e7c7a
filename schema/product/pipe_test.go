//go:build unix

package product

import (
	"path/filepath"
	"syscall"
	"testing"
)

// TestPipe: a pipe is no file, and waiting for it would never end.
func TestPipe(t *testing.T) {
	dir := folder(t, map[string]string{"product.hcl": lamp + `key "release" { public = file("release.pub") }`})
	if err := syscall.Mkfifo(filepath.Join(dir, "release.pub"), 0o644); err != nil {
		t.Skip("this file system has no pipes: ", err)
	}
	_, diags := Load(dir, Options{})
	only(t, diags, "file(): is no regular file")
}
