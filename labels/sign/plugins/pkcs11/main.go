// Command sigstore-kms-pkcs11 signs with a key in a PKCS#11 token for programs
// that speak Sigstore's plug-in protocol, such as assay and cosign.
//
// The address is pkcs11://TOKEN/KEY, the labels of the token and of its key, an
// ECDSA key. PKCS11_MODULE names the library of the token's maker, and
// PKCS11_PIN_FILE a file whose first line is the PIN.
package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/sigstore/sigstore/pkg/signature/kms/cliplugin/handler"
)

func main() {
	if err := run(os.Args, os.Stdin, os.Stdout); err != nil {
		// The protocol takes errors from standard output only.
		_ = handler.WriteErrorResponse(os.Stdout, err)
		os.Exit(1)
	}
}

func run(args []string, in io.Reader, out io.Writer) error {
	asked, err := handler.GetPluginArgs(args)
	if err != nil {
		return err
	}
	if asked.InitOptions == nil {
		return errors.New("no key is asked for")
	}
	token, label, ok := strings.Cut(asked.InitOptions.KeyResourceID, "/")
	if !ok || token == "" || label == "" {
		return fmt.Errorf("%q is no key: write pkcs11://TOKEN/KEY", asked.InitOptions.KeyResourceID)
	}
	pin, err := readPIN(os.Getenv("PKCS11_PIN_FILE"))
	if err != nil {
		return err
	}
	key, err := open(os.Getenv("PKCS11_MODULE"), token, label, pin)
	if err != nil {
		return err
	}
	defer key.close()
	_, err = handler.Dispatch(out, in, asked, key)
	return err
}

func readPIN(file string) (string, error) {
	if file == "" {
		return "", errors.New("PKCS11_PIN_FILE names no file with the PIN")
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	line, _, _ := bytes.Cut(data, []byte("\n"))
	return strings.TrimRight(string(line), "\r"), nil
}
