package facts

import "testing"

// Settings in attributes, and what only looks like them.
func TestSettingsInAttributes(t *testing.T) {
	for line, want := range map[string]string{
		`<V N="SUSER_PASSWORD" V="nE7jA5m9"/>`:                              "SUSER_PASSWORD;",
		`<V N="WLAN_WPA_PSK" V="kx82hfa9"/>`:                                "WLAN_WPA_PSK wifi;",
		`<V N="CWMP_ACS_PASSWORD" V="cpesecret1"/>`:                         "CWMP_ACS_PASSWORD;",
		`<V N='SUSER_PASSWORD' V='system'/>`:                                "SUSER_PASSWORD;",
		`<V V="nE7jA5m9" N="SUSER_PASSWORD"></V>`:                           "SUSER_PASSWORD;",
		`<V N="SUSER_NAME" V="admin"/><V N="SUSER_PASSWORD" V="admin9"/>`:   "SUSER_PASSWORD;",
		`<param name="AdminPassword" type="string" value="nE7jA5m9"/>`:      "AdminPassword;",
		`<Value id="12" Name="AdminPassword" Value="nE7jA5m9"`:              "AdminPassword;",
		`<cfg field="ftp_password" content="kx82hfa9"/>`:                    "ftp_password;",
		`<Dir Name="A"><Value Name="WLAN_WPA_PSK" Value="kx82hfa9"/></Dir>`: "WLAN_WPA_PSK wifi;",

		`<AdminPwd val=admin />`:                             "AdminPwd;",
		`<UserPwd val=user />`:                               "UserPwd;",
		`<Password val="acsTp77" />`:                         "Password;",
		`<AdminPwd val= />`:                                  "",
		`<AdminPwd val="" />`:                                "",
		`<Password value="Password"/>`:                       "",
		`<PasswordLength val=8 /><NoPassword val=enable9 />`: "",
		`<V N="USER_PASSWORD" V="user"/>`:                    "USER_PASSWORD;",

		`<V N="SUSER_PASSWORD" V=""/>`:                                   "",
		`<V N="SUSER_PASSWORD" V="********"/>`:                           "",
		`<V N="SUSER_PASSWORD" V="$1$abcdefgh$d5iRRVQ5ZeRTrJwGjRy.B0"/>`: "",
		`<V N="PASSWORD" V="Password"/>`:                                 "",
		`<V N="PASSWORD" V="Enter your password"/>`:                      "",
		`<V N="WLAN_PSK_FORMAT" V="passphrase1"/>`:                       "",
		`<V N="WLAN_WPA_PSK" V="$KEY"/>`:                                 "",
		`<V N="PASSWORD_LENGTH" V="12345678"/>`:                          "",
		`<map from="password" to="user_password2"/>`:                     "",
		`<map from="password" to="secret"/>`:                             "",
		`<label for="password" text="Passwort99"/>`:                      "",
		`<field id="password" widget="entry99x"/>`:                       "",
		`<input name="password" type="password" class="form99x"/>`:       "",
		`<xs:element name="password" type="xs:string9"/>`:                "",
		`<string msgid="password" to="Passwort99"/>`:                     "",
		`<e name="password" max="kx82hfa9" min="3"/>`:                    "",
		`<!-- <V N="SUSER_PASSWORD" V="nE7jA5m9"/> -->`:                  "",
	} {
		if got := wifiSecretsOf("etc/config.xml", "<a>\n"+line+"\n</a>\n"); got != want {
			t.Errorf("%s: got %q, want %q", line, got, want)
		}
	}
}
