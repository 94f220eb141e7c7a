package sign

import (
	"context"
	"crypto"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/sigstore/sigstore/pkg/cryptoutils"
	"github.com/sigstore/sigstore/pkg/signature"
	"github.com/sigstore/sigstore/pkg/signature/kms/cliplugin"
	"github.com/sigstore/sigstore/pkg/signature/kms/cliplugin/common"
	"github.com/sigstore/sigstore/pkg/signature/kms/cliplugin/encoding"
)

// maxAnswer is the size in bytes of the largest answer of a plug-in: a public key
// or a signature takes a few hundred.
const maxAnswer = 64 << 10

// pluginEnd is how long a plug-in that was told to end may keep its output open.
const pluginEnd = time.Second

// plugin is a key that the program sigstore-kms-NAME reaches. It asks as Sigstore's
// own client does (package cliplugin), which bounds no answer and trusts that what
// was asked for is in it.
type plugin struct {
	program  string
	resource string // what the address says after ://
	hash     crypto.Hash
}

func newPlugin(address string, hash crypto.Hash) plugin {
	name, resource, _ := strings.Cut(address, "://")
	return plugin{cliplugin.PluginBinaryPrefix + name, resource, hash}
}

func (p plugin) PublicKey(opts ...signature.PublicKeyOption) (crypto.PublicKey, error) {
	ctx := context.Background()
	for _, o := range opts {
		o.ApplyContext(&ctx)
	}
	r, err := p.ask(ctx, &common.MethodArgs{
		MethodName: common.PublicKeyMethodName,
		PublicKey:  &common.PublicKeyArgs{PublicKeyOptions: encoding.PackPublicKeyOptions(opts)},
	})
	switch {
	case err != nil:
		return nil, err
	case r.PublicKey == nil:
		return nil, p.silent("publicKey")
	}
	return cryptoutils.UnmarshalPEMToPublicKey(r.PublicKey.PublicKeyPEM)
}

// SignMessage signs the digest of the options; the message is not read.
func (p plugin) SignMessage(_ io.Reader, opts ...signature.SignOption) ([]byte, error) {
	ctx := context.Background()
	for _, o := range opts {
		o.ApplyContext(&ctx)
	}
	r, err := p.ask(ctx, &common.MethodArgs{
		MethodName:  common.SignMessageMethodName,
		SignMessage: &common.SignMessageArgs{SignOptions: encoding.PackSignOptions(opts)},
	})
	switch {
	case err != nil:
		return nil, err
	case r.SignMessage == nil:
		return nil, p.silent("signMessage")
	}
	return r.SignMessage.Signature, nil
}

func (p plugin) silent(member string) error {
	return fmt.Errorf("%s does not speak version %s of the protocol: its answer has no %q", p.program, common.ProtocolVersion, member)
}

// ask runs the program once. How it ends is not looked at, as in Sigstore's client:
// an error stands in the answer.
func (p plugin) ask(ctx context.Context, method *common.MethodArgs) (*common.PluginResp, error) {
	question := common.PluginArgs{
		InitOptions: &common.InitOptions{
			ProtocolVersion: common.ProtocolVersion, KeyResourceID: p.resource, HashFunc: p.hash, RPCOptions: encoding.PackRPCOptions(nil),
		},
		MethodArgs: method,
	}
	if deadline, ok := ctx.Deadline(); ok {
		question.InitOptions.CtxDeadline = &deadline
	}
	args, err := json.Marshal(question)
	if err != nil {
		return nil, err
	}
	answer, err := p.run(ctx, string(args))
	if err != nil {
		return nil, err
	}
	var r common.PluginResp
	if err := json.Unmarshal(answer, &r); err != nil {
		return nil, fmt.Errorf("the answer of %s is not JSON: %w", p.program, err)
	}
	if r.ErrorMessage != "" {
		return nil, fmt.Errorf("%s: %s", p.program, r.ErrorMessage)
	}
	return &r, nil
}

func (p plugin) run(ctx context.Context, args string) ([]byte, error) {
	running, stop := context.WithCancel(ctx)
	defer stop()
	out := &answerBuffer{full: stop}
	c := exec.CommandContext(running, p.program, common.ProtocolVersion, args)
	c.Stdout, c.Stderr, c.WaitDelay = out, os.Stderr, pluginEnd
	err := c.Run()
	var exit *exec.ExitError
	switch {
	case out.over:
		return nil, fmt.Errorf("%s answers with more than %d KiB", p.program, maxAnswer>>10)
	case ctx.Err() != nil:
		return nil, fmt.Errorf("%s gave no answer in time: %w", p.program, ctx.Err())
	case errors.As(err, &exit) && exit.ExitCode() > 0:
		return out.data, nil
	case err != nil:
		return nil, fmt.Errorf("run %s: %w", p.program, err)
	}
	return out.data, nil
}

// answerBuffer takes an answer up to maxAnswer bytes; at the next it calls full.
type answerBuffer struct {
	data []byte
	full func()
	over bool
}

func (b *answerBuffer) Write(data []byte) (int, error) {
	if len(b.data)+len(data) > maxAnswer {
		b.over = true
		b.full()
		return 0, io.ErrShortWrite
	}
	b.data = append(b.data, data...)
	return len(data), nil
}
