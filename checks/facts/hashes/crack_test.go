package hashes

import "testing"

// The hashes come from crypt(3) of libxcrypt, openssl passwd, htpasswd and
// mosquitto's documented format; the password is "password" in all of them but
// where another one is named.
var hashVectors = []struct {
	kind     Kind
	rounds   int
	hash     string
	password string
}{
	{DES, 25, "abJnggxhB/yWI", "password"},
	{DES, 25, "aBmE9xr..b1X.", "support"},
	{BSDi, 725, "_J9..rasmEedsvB6g8/6", "password"},
	{MD5Crypt, 1000, "$1$$I2o9Z7NcvQAKp7wyCTlia0", "password"},
	{MD5Crypt, 1000, "$1$ab$oKsM6dtDD2L1bKowOBX.7.", "password"},
	{APR1, 1000, "$apr1$abcdefgh$FBwExRW4dCc8aL.OvjpIE1", "password"},
	{SHA1Crypt, 100, "$sha1$100$saltsalt$mGP.pAmPFRX2lwGPE3Gu1Oan/cQ.", "password"},
	{SHA256Crypt, 5000, "$5$saltsalt$gOjOtoMpVhru2uyjeJSEc/JaLQWOXMNmlOnj6T4AtC.", "password"},
	{SHA256Crypt, 1000, "$5$rounds=1000$saltsalt$azOwbpkvuuBKkE82dQPwTsQE8JyT9Fflpr9aKid3aT9", "password"},
	{SHA512Crypt, 5000, "$6$saltsalt$qFmFH.bQmmtXzyBY0s9v7Oicd2z4XSIecDzlB5KiA2/jctKu9YterLp8wwnSq.qc.eoxqOmSuNp2xS0ktL3nh/", "password"},
	{Bcrypt, 5, "$2b$05$abcdefghijklmnopqrstuuWG29KuyeAicPCJODk1zjyGvyQUU2awu", "password"},
	{Bcrypt, 5, "$2y$05$abcdefghijklmnopqrstuuWG29KuyeAicPCJODk1zjyGvyQUU2awu", "password"},
	{Yescrypt, 0, "$y$j9T$F5Jx5fExrKuPp53xLKQ..1$tnSYvahCwPBHKZUspmcxMfb0.WiB9W.zEaKlOBL35rC", "password"},
	{Scrypt, 0, "$7$CU..../....salt$r4ckezyK3/Wh7UWRZUCYlbUImq1wt069RwecCCIl6u4", "password"},
	{SHA1Base64, 1, "{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=", "password"},
	{MosquittoPBKDF2, 101, "$7$101$c2FsdHNhbHRzYWx0$FCG7EBo8zJik0YXy2GHzSQZMIgRMOw788yO4Bu88kcpfFKpL26d4kQZwYWnUrhm5QP8Ay4tRcegPZigCc1KVBg==", "password"},
	{MosquittoSHA512, 1, "$6$c2FsdHNhbHRzYWx0$OeQ5oAbOQHyO7Lq8Yy6QA9elYJe+j/9D8PsO2kAAWvXjKHDQRRQWfQVtuTJGiL7WcNKmunUtEqh9n4tloqTh+g==", "password"},
	{NTHash, 1, "$3$$8846f7eaee8fb117ad06bdd830b7586c", "password"},
}

func TestHashes(t *testing.T) {
	for _, v := range hashVectors {
		kind, rounds := KindOf(v.hash)
		if m, n := Mosquitto(v.hash); m != "" {
			kind, rounds = m, n
		} else if h, n := Htpasswd(v.hash); h != "" {
			kind, rounds = h, n
		}
		if kind != v.kind || rounds != v.rounds {
			t.Errorf("%s: is %s with %d rounds, want %s with %d", v.hash, kind, rounds, v.kind, v.rounds)
		}
		if !Fits(kind, v.hash, v.password) {
			t.Errorf("%s: %q does not open it", v.hash, v.password)
		}
		wrong := []string{"", "Password", "another"}
		if kind == Yescrypt || kind == Scrypt { // they are slow
			wrong = wrong[:1]
		}
		for _, wrong := range wrong {
			if Fits(kind, v.hash, wrong) {
				t.Errorf("%s: %q opens it", v.hash, wrong)
			}
		}
	}
}

func TestHashOfNothing(t *testing.T) {
	for _, hash := range []string{
		"abmF1QH4PEr.E",
		"$1$ab$rn6aQS/o7141mj179E/zA.",
		"$apr1$abcdefgh$L.PT565ESX4Tp2bqNs7Ie.",
		"$6$saltsalt$qkTgsCrWMTAS9gBGcf9W60sFfH.hU0oTCAOJjhbz5tSp/sU3/xXZK4OFwCtq8lIIdpJ6CatVdOTSHKp97TPkt/",
	} {
		kind, _ := KindOf(hash)
		if !Fits(kind, hash, "") {
			t.Errorf("%s: the empty password does not open it", hash)
		}
	}
}

func TestNoHash(t *testing.T) {
	for _, field := range []string{"", "*", "!", "!!", "*LK*", "x", "NP", "!$1$ab$oKsM6dtDD2L1bKowOBX.7.", "password", "abJnggxhB/yWI2"} {
		if kind, _ := KindOf(field); kind != "" {
			t.Errorf("%q is taken for %s", field, kind)
		}
	}
}

func BenchmarkHash(b *testing.B) {
	for _, v := range hashVectors {
		b.Run(string(v.kind), func(b *testing.B) {
			for b.Loop() {
				Fits(v.kind, v.hash, "another")
			}
		})
	}
}
