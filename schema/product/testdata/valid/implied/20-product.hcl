schema_version = 1

variable "line" {
  default = "glow"
}

variable "version" {
  default = "${var.line}-2"
}

# Maker, signing key and the release's firmware are implied.
product "glow-2" {
  name   = "Glow 2"
  models = [join("-", ["GL2", "E27"])]

  firmware "main" {
    version = var.version
  }

  release {
    tag    = "v2"
    asset  = "glow-*.bin"
    sha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
  }

  update {
    automatic = true
  }

  sensor "motion" {}
}
