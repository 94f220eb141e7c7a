schema_version = 1

key "release" {
  public = <<-END
    -----BEGIN EC PRIVATE KEY----- # ERROR: a private key stands in the product file
    MHcCAQEE
    -----END EC PRIVATE KEY-----
  END
}
