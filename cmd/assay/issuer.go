package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/assay-iot/assay/labels/sign"
)

func (p *program) issuerCommand() *cobra.Command {
	c := &cobra.Command{Use: "issuer", Short: "Keys, trust policies, status lists, logs and the verifier page of those who issue labels", Args: noArgs, RunE: help}
	keys := &cobra.Command{Use: "keys", Short: "Make signing keys", Args: noArgs, RunE: help}
	keys.AddCommand(p.generateCommand())
	c.AddCommand(keys, p.statusCommand(), p.logCommand(), p.pageCommand(), p.trustCommand(), p.renderCommand())
	return c
}

func help(c *cobra.Command, _ []string) error { return c.Help() }

func (p *program) generateCommand() *cobra.Command {
	var out, passphraseFile, algorithm string
	c := &cobra.Command{
		Use:   "generate",
		Short: "Make a key pair: NAME.key, encrypted, and NAME.pub",
		Long: `Generate makes a key pair: on P-256, which labels are signed with, or Ed25519, which
transparency logs are signed with. The private key is encrypted with a passphrase, in
Sigstore's form, which cosign reads too. The passphrase is asked for, or read from a
file; never give it on the command line.`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			generate := map[string]func([]byte) ([]byte, []byte, error){"p256": sign.GenerateKeys, "ed25519": sign.GenerateEd25519}[algorithm]
			if generate == nil {
				return badInput("one of: p256 ed25519", "--algorithm: no key of the kind %q is made", algorithm)
			}
			private, public := out+".key", out+".pub"
			for _, name := range []string{private, public} {
				if _, err := os.Lstat(name); err == nil {
					return badInput("give another --out, or move the file away", "%s is already there", name)
				}
			}
			passphrase, err := p.passphrase(c.Context(), passphraseFile, true)
			if err != nil {
				return err
			}
			if err := os.MkdirAll(filepath.Dir(out), 0o755); err != nil {
				return err
			}
			key, pub, err := generate(passphrase)
			if err != nil {
				return err
			}
			if err := writeFile(private, key, 0o600); err != nil {
				return err
			}
			if err := writeFile(public, pub, 0o644); err != nil {
				os.Remove(private)
				return err
			}
			_, err = fmt.Fprintf(p.out, "%s  the private key, encrypted; keep it safe\n%s  the public key; give it to those who verify\n", private, public)
			return err
		},
	}
	c.Flags().StringVar(&out, "out", "issuer", "`NAME` of the key files, without ending")
	c.Flags().StringVar(&passphraseFile, "passphrase-file", "", "`FILE` that holds the passphrase (default: ask)")
	c.Flags().StringVar(&algorithm, "algorithm", "p256", "`KIND` of key: p256 for labels, ed25519 for a log")
	return c
}

// maxPassphrase is the length in bytes of the longest passphrase.
const maxPassphrase = 4096

// passphrase reads a passphrase from a file (its first line), or asks for it on
// a terminal, twice if it is a new one.
func (p *program) passphrase(ctx context.Context, file string, twice bool) ([]byte, error) {
	if file != "" {
		data, err := readPipe(ctx, file, maxPassphrase+1)
		if err != nil {
			return nil, badInput("give a file that holds the passphrase", "--passphrase-file: %w", err)
		}
		line, _, _ := bytes.Cut(data, []byte("\n"))
		line = bytes.TrimSuffix(line, []byte("\r"))
		if len(line) == 0 || len(line) > maxPassphrase {
			return nil, badInput("write it on the first line of the file", "--passphrase-file %s: no passphrase of 1 to %d bytes", file, maxPassphrase)
		}
		return line, nil
	}
	in, ok := p.in.(*os.File)
	if !ok || !term.IsTerminal(int(in.Fd())) {
		return nil, badInput("use --passphrase-file", "there is no terminal to ask for the passphrase")
	}
	first, err := p.askSecret(in, "Passphrase: ")
	if err != nil || !twice {
		return first, err
	}
	second, err := p.askSecret(in, "Once more: ")
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(first, second) {
		return nil, badInput("type it again", "the two passphrases differ")
	}
	return first, nil
}

func (p *program) askSecret(in *os.File, prompt string) ([]byte, error) {
	fmt.Fprint(p.err, prompt)
	secret, err := term.ReadPassword(int(in.Fd()))
	fmt.Fprintln(p.err)
	if err == nil && len(secret) == 0 {
		err = badInput("type one", "%w", errors.New("the passphrase is empty"))
	}
	return secret, err
}
