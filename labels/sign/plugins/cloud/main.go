// Command sigstore-kms-awskms, sigstore-kms-gcpkms or sigstore-kms-azurekms, by
// the name that it is called, signs with a key in that cloud for programs that
// speak Sigstore's plug-in protocol.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/sigstore/sigstore/pkg/signature/kms"
	// Each names itself to Sigstore's list of providers when it is linked.
	_ "github.com/sigstore/sigstore/pkg/signature/kms/aws"
	_ "github.com/sigstore/sigstore/pkg/signature/kms/azure"
	"github.com/sigstore/sigstore/pkg/signature/kms/cliplugin/handler"
	_ "github.com/sigstore/sigstore/pkg/signature/kms/gcp"
)

func main() {
	if err := run(os.Args, os.Stdin, os.Stdout); err != nil {
		// The protocol takes errors from standard output only.
		_ = handler.WriteErrorResponse(os.Stdout, err)
		os.Exit(1)
	}
}

func run(args []string, in io.Reader, out io.Writer) error {
	name := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(args[0]), "sigstore-kms-"), ".exe")
	switch name {
	case "awskms", "gcpkms", "azurekms":
	default:
		return fmt.Errorf("called %q: call this program sigstore-kms-awskms, -gcpkms or -azurekms", name)
	}
	asked, err := handler.GetPluginArgs(args)
	if err != nil {
		return err
	}
	if asked.InitOptions == nil {
		return errors.New("no key is asked for")
	}
	key, err := kms.Get(context.Background(), name+"://"+asked.InitOptions.KeyResourceID, asked.InitOptions.HashFunc)
	if err != nil {
		return err
	}
	_, err = handler.Dispatch(out, in, asked, key)
	return err
}
