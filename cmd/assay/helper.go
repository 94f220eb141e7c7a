package main

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"os"
	"os/exec"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/assay-iot/assay/labels"
	"github.com/assay-iot/assay/labels/sign"
	"github.com/assay-iot/assay/labels/sign/keyless"
	_ "github.com/assay-iot/assay/labels/sign/vault" // keys in Vault and OpenBao
)

// A process that parses firmware gives its rights away before: it can then reach
// no network and start no program. Signing with a key elsewhere needs both. So a
// helper is started before, the same program with another command, which parses
// nothing of strangers; the two speak JSON over pipes.

// helperName is the hidden command that the helper runs.
const helperName = "sign-for-parent"

// helperConfig is the first thing that the helper is told.
type helperConfig struct {
	Address string            `json:"address,omitempty"` // of a key elsewhere
	Keyless *keyless.Services `json:"keyless,omitempty"`
	TSA     string            `json:"tsa,omitempty"`
	Now     time.Time         `json:"now"`
}

// question and reply of the helper: one member of each is set.
type (
	helperQuestion struct {
		Open    bool        `json:"open,omitempty"`
		Digest  []byte      `json:"digest,omitempty"`
		Hash    crypto.Hash `json:"hash,omitempty"`
		Stamp   []byte      `json:"stamp,omitempty"`
		Payload []byte      `json:"payload,omitempty"`
	}
	helperReply struct {
		Answer []byte `json:"answer,omitempty"`
		Error  string `json:"error,omitempty"`
		Input  bool   `json:"input,omitempty"` // what was given is wrong
	}
)

// helper is the process that signs. A nil helper can be closed.
type helper struct {
	mu      sync.Mutex
	process *exec.Cmd
	in      io.WriteCloser
	enc     *json.Encoder
	dec     *json.Decoder
}

func (p *program) startHelper(ctx context.Context, c helperConfig) (*helper, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	c.Now = p.now
	h := &helper{process: exec.CommandContext(ctx, self, helperName)}
	h.process.Args[0] = "assay"
	h.process.Stderr = p.rawErr
	h.in, err = h.process.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := h.process.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := h.process.Start(); err != nil {
		return nil, fmt.Errorf("start the process that signs: %w", err)
	}
	h.enc, h.dec = json.NewEncoder(h.in), json.NewDecoder(out)
	if err := h.enc.Encode(c); err != nil {
		h.close()
		return nil, fmt.Errorf("the process that signs: %w", err)
	}
	return h, nil
}

func (h *helper) close() {
	if h == nil {
		return
	}
	h.in.Close()
	_ = h.process.Wait() // its answers are known, or the error that ended them
}

func (h *helper) ask(q helperQuestion) ([]byte, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if err := h.enc.Encode(q); err != nil {
		return nil, fmt.Errorf("the process that signs has ended: %w", err)
	}
	var r helperReply
	if err := h.dec.Decode(&r); err != nil {
		return nil, fmt.Errorf("the process that signs has ended: %w", err)
	}
	switch {
	case r.Error != "" && r.Input:
		return nil, badInput("", "%s", r.Error)
	case r.Error != "":
		return nil, errors.New(r.Error)
	}
	return r.Answer, nil
}

func (h *helper) keyless(payload []byte) ([]byte, error) {
	return h.ask(helperQuestion{Payload: payload})
}

func (h *helper) stamp(signature []byte) ([]byte, error) {
	return h.ask(helperQuestion{Stamp: signature})
}

// open opens the key elsewhere.
func (h *helper) open() (crypto.Signer, error) {
	der, err := h.ask(helperQuestion{Open: true})
	if err != nil {
		return nil, err
	}
	pub, err := x509.ParsePKIXPublicKey(der)
	if err != nil {
		return nil, err
	}
	if _, err := labels.KeyHash(pub); err != nil {
		return nil, err
	}
	return &helperKey{h, pub}, nil
}

// helperKey is a key that the helper holds, or reaches.
type helperKey struct {
	helper *helper
	pub    crypto.PublicKey
}

func (k *helperKey) Public() crypto.PublicKey { return k.pub }

func (k *helperKey) Sign(_ io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	return k.helper.ask(helperQuestion{Digest: digest, Hash: opts.HashFunc()})
}

// helperCommand is the helper's side. It is no command for people.
func (p *program) helperCommand() *cobra.Command {
	return &cobra.Command{
		Use: helperName, Hidden: true, Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			dec, enc := json.NewDecoder(p.in), json.NewEncoder(p.rawOut)
			s := helping{env: p.env}
			if err := dec.Decode(&s.config); err != nil {
				return badInput("this command is for the program itself", "%w", err)
			}
			for {
				var q helperQuestion
				switch err := dec.Decode(&q); {
				case errors.Is(err, io.EOF):
					return nil
				case err != nil:
					return err
				}
				if err := enc.Encode(s.reply(c.Context(), q)); err != nil {
					return err
				}
			}
		},
	}
}

// helping is what the helper knows.
type helping struct {
	env
	config helperConfig
	key    crypto.Signer
}

func (s *helping) reply(ctx context.Context, q helperQuestion) helperReply {
	answer, err := s.answer(ctx, q)
	if err != nil {
		input := errors.Is(err, sign.ErrNoProvider) || errors.Is(err, sign.ErrUnfit) || errors.Is(err, keyless.ErrNoIdentity)
		return helperReply{Error: err.Error(), Input: input}
	}
	return helperReply{Answer: answer}
}

func (s *helping) answer(ctx context.Context, q helperQuestion) (_ []byte, err error) {
	switch {
	case q.Open:
		if s.key, err = sign.OpenKey(ctx, s.config.Address); err != nil {
			return nil, err
		}
		return x509.MarshalPKIXPublicKey(s.key.Public())
	case q.Digest != nil && s.key != nil:
		return s.key.Sign(rand.Reader, q.Digest, q.Hash)
	case q.Stamp != nil:
		nonce, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 63))
		if err != nil {
			return nil, err
		}
		der, _, err := sign.Stamper{URL: s.config.TSA, Nonce: nonce}.Stamp(ctx, q.Stamp, s.config.Now)
		return der, err
	case q.Payload != nil && s.config.Keyless != nil:
		token, err := keyless.ActionsToken(ctx, s.getenv)
		if err != nil {
			return nil, err
		}
		return s.config.Keyless.Sign(ctx, token, labels.PayloadType, q.Payload)
	}
	return nil, errors.New("a question that the process which signs does not know")
}
