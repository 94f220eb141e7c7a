package product

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

// functions lists all functions of the language. There is none that reads the
// environment, a clock or the network: the same files give the same product.
func (s *scope) functions() map[string]function.Function {
	return map[string]function.Function{
		"file":  function.New(&function.Spec{Params: []function.Parameter{{Name: "path", Type: cty.String}}, Type: function.StaticReturnType(cty.String), Impl: s.file}),
		"join":  stdlib.JoinFunc,
		"lower": stdlib.LowerFunc,
	}
}

// file gives the text of a file inside the product's folder; of a key of OpenPGP
// in packets, its ASCII armour.
func (s *scope) file(args []cty.Value, _ cty.Type) (cty.Value, error) {
	name := args[0].AsString()
	if p := checkPath(name); p != nil {
		return cty.DynamicVal, fmt.Errorf("the path %s", p.what)
	}
	data, err := readInside(s.root, name, maxKeyBytes)
	if err != nil {
		return cty.DynamicVal, err
	}
	if privateKey.Get().Match(data) || !utf8.Valid(data) && isSecretPacket(data[0]) {
		return cty.DynamicVal, errors.New("the file holds a private key; name the public half, and keep the private one elsewhere")
	}
	s.read[name] = data
	if !utf8.Valid(data) && isPublicPacket(data[0]) {
		return cty.StringVal(armour(data)), nil
	}
	return cty.StringVal(string(data)), nil
}

// readInside reads a regular file of a folder, and no more than limit bytes.
// Links may lead anywhere inside the folder, and nowhere else.
func readInside(root *os.Root, name string, limit int64) ([]byte, error) {
	info, err := root.Stat(name)
	if err != nil {
		return nil, plain(err)
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("is no regular file")
	}
	if info.Size() > limit {
		return nil, fmt.Errorf("is larger than %s", size(limit))
	}
	f, err := root.Open(name)
	if err != nil {
		return nil, plain(err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return nil, plain(err)
	}
	if int64(len(data)) > limit {
		return nil, fmt.Errorf("is larger than %s", size(limit))
	}
	return data, nil
}

// plain says a file error in words that do not differ from machine to machine,
// and can still be asked for fs.ErrNotExist.
func plain(err error) error {
	if errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("there is no such file%w", silent{os.ErrNotExist})
	}
	if errors.Is(err, os.ErrPermission) {
		return fmt.Errorf("may not be read%w", silent{os.ErrPermission})
	}
	var path *os.PathError
	if errors.As(err, &path) {
		if strings.Contains(path.Err.Error(), "escapes") { // os.Root has no name for this error
			return errors.New("leads out of the product's folder")
		}
		return path.Err
	}
	return err
}

// silent is an error that adds nothing to a message.
type silent struct{ error }

func (silent) Error() string   { return "" }
func (s silent) Unwrap() error { return s.error }

// functionFix is what to do instead of an unknown function.
func functionFix(name string) string {
	switch name {
	case "env", "timestamp", "http", "getenv":
		return "The language reads no environment, clock or network. Use a variable block, and set it with --var."
	}
	return suggestion(name, []string{"file", "join", "lower"})
}

// functionMistake says an error of a function in our words.
func functionMistake(d *hcl.Diagnostic) *hcl.Diagnostic {
	extra, ok := hcl.DiagnosticExtra[hclsyntax.FunctionCallDiagExtra](d)
	if !ok || extra.FunctionCallError() == nil || d.Subject == nil {
		return d
	}
	todo := "Correct what is given to it."
	if extra.CalledFunctionName() == "file" {
		todo = "Name a file inside the product's folder."
	}
	return mistake(*d.Subject, todo, "%s(): %s", extra.CalledFunctionName(), extra.FunctionCallError())
}
