// Package vault lets [sign.OpenKey] open keys in HashiCorp Vault (hashivault://KEY)
// and OpenBao (openbao://KEY), in their transit engine. Address and token come
// from VAULT_ADDR and VAULT_TOKEN, or BAO_ADDR and BAO_TOKEN.
//
// It is a package of its own so that a signer of key files does not link their
// client: it makes a program 4.7 MB larger. The clouds' clients are larger still,
// and stand outside, in plug-ins.
package vault

import (
	// It names itself to Sigstore's list of providers when it is linked.
	_ "github.com/sigstore/sigstore/pkg/signature/kms/hashivault"
)
