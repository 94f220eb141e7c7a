package facts

import (
	"slices"
	"strings"
)

// keepers begin references to a secret that something else keeps: a variable, a store of
// secrets, a ring of keys. With a value behind "pass:" or "base64:" it stands there itself.
var keepers = []string{
	"vault", "hashivault", "openbao", "ssm", "aws-ssm", "awssm", "secretsmanager", "aws-secretsmanager", "arn", "gcpsm", "gsm", "keyvault", "azure-keyvault", "akv",
	"op", "sops", "doppler", "infisical", "bws", "keyring", "keychain", "kwallet", "libsecret", "secret-service", "wincred", "credstore", "systemd-creds", "docker-secret", "k8s", "ref+vault",
	"ref+awsssm", "ref+awssecrets", "ref+sops", "ref+file", "ref+echo", "tpm2", "pkcs11", "exec", "cmd",
}

var (
	environmentName = lazy(`^[A-Za-z_][A-Za-z0-9_]*$`)
	secretPlace     = lazy(`^/?/?[A-Za-z0-9_.@-]+(?:[/#:?&=+][A-Za-z0-9_.@=+/-]*)*$`)
)

// isReference reports whether a value says where a secret is kept, and is none: env:NAME,
// vault:secret/data/app#key, op://vault/item/field.
func isReference(value string) bool {
	scheme, rest, ok := strings.Cut(value, ":")
	if !ok || rest == "" {
		return false
	}
	switch scheme = strings.ToLower(scheme); scheme {
	case "env", "environ", "environment":
		return environmentName.Get().MatchString(strings.TrimLeft(rest, "/"))
	case "secret", "secrets", "credential", "credentials": // words of people too
		return strings.HasPrefix(rest, "//") || strings.Contains(rest, "/") && secretPlace.Get().MatchString(rest)
	}
	return slices.Contains(keepers, scheme) && secretPlace.Get().MatchString(rest)
}
