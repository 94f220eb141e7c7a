package facts

import (
	"slices"
	"strings"
)

// telemetryServices are hosts, and all below them, that do nothing but take
// reports: of use, of crashes, of how devices fare.
var telemetryServices = map[string]string{
	"adjust.com": "Adjust", "agkn.com": "Neustar", "alog.umeng.com": "Umeng", "amplitude.com": "Amplitude", "android.bugly.qq.com": "Bugly", "api.mixpanel.com": "Mixpanel", "app-measurement.com": "Google Analytics",
	"appcenter.ms": "App Center", "appsflyer.com": "AppsFlyer", "applog.uc.cn": "UC", "bugsnag.com": "Bugsnag", "bugsplat.com": "BugSplat", "clarity.ms": "Clarity", "cloudflareinsights.com": "Cloudflare Insights",
	"cnzz.com": "CNZZ", "count.ly": "Countly", "crashlytics.com": "Crashlytics", "crashlyticsreports-pa.googleapis.com": "Crashlytics", "dc.services.visualstudio.com": "Application Insights",
	"datadoghq.com": "Datadog", "datadoghq.eu": "Datadog", "doubleclick.net": "DoubleClick", "events.data.microsoft.com": "Microsoft telemetry", "firebaselogging-pa.googleapis.com": "Firebase", "flurry.com": "Flurry",
	"google-analytics.com": "Google Analytics", "googletagmanager.com": "Google Tag Manager", "heapanalytics.com": "Heap", "hm.baidu.com": "Baidu Tongji", "hotjar.com": "Hotjar", "in.applicationinsights.azure.com": "Application Insights",
	"insights-collector.newrelic.com": "New Relic", "instabug.com": "Instabug", "kochava.com": "Kochava", "logentries.com": "Logentries", "loggly.com": "Loggly", "logs.papertrailapp.com": "Papertrail", "mc.yandex.ru": "Yandex Metrica",
	"memfault.com": "Memfault", "mixpanel.com": "Mixpanel", "nr-data.net": "New Relic", "posthog.com": "PostHog", "raygun.com": "Raygun", "raygun.io": "Raygun", "rollbar.com": "Rollbar", "samba.tv": "Samba TV",
	"scorecardresearch.com": "Comscore", "segment.com": "Segment", "segment.io": "Segment", "sentry.io": "Sentry", "splunkcloud.com": "Splunk", "sumologic.com": "Sumo Logic", "talkingdata.net": "TalkingData", "umeng.com": "Umeng", "umengcloud.com": "Umeng",
}

// telemetryAgents are programs that do nothing but send reports elsewhere.
var telemetryAgents = []string{
	"amazon-cloudwatch-agent", "apport", "crashpad_handler", "datadog-agent", "filebeat", "fluent-bit", "fluentd", "metricbeat", "memfaultd", "newrelic-infra",
	"otelcol", "otelcol-contrib", "packetbeat", "popularity-contest", "promtail", "td-agent", "telegraf", "ubuntu-report", "whoopsie",
}

// telemetryLibraries start the names of libraries for such reports.
var telemetryLibraries = []string{"libamplitude", "libapplicationinsights", "libbugly", "libbugsnag", "libcountly", "libcrashlytics", "libcrashpad_client", "libfirebase_analytics", "libmemfault", "libmixpanel", "libsentry", "libumeng", "libopentelemetry"}

// Labels of a host name and parts of a path that say what the host is for.
var (
	reportLabels = []string{"telemetry", "analytics", "metrics", "crash", "crashes", "crashreport", "crashreports", "crash-reports", "crashlog", "beacon", "usage", "appstats", "stats", "statistics", "diagnostics", "diag", "tracking", "logupload", "logcollector"}
	reportPaths  = []string{"telemetry", "analytics", "beacon", "crash", "crashes", "crashreport", "crash-report", "crash_report", "usage-stats", "usagestats", "usage_stats"}
)

// telemetryHost names the service behind an endpoint, or the word in its name
// that says that it takes reports; "" if nothing says so.
func telemetryHost(e Endpoint) (name string, known bool) {
	for at := e.Host; ; {
		if name, ok := telemetryServices[at]; ok {
			return name, true
		}
		_, rest, ok := strings.Cut(at, ".")
		if !ok {
			break
		}
		at = rest
	}
	labels := strings.Split(e.Host, ".")
	for _, l := range labels[:max(len(labels)-2, 0)] {
		if slices.Contains(reportLabels, l) {
			return l, false
		}
	}
	_, tail, _ := strings.Cut(strings.TrimPrefix(e.URL, e.Scheme+"://"), "/")
	for part := range strings.SplitSeq(tail, "/") {
		if slices.Contains(reportPaths, strings.ToLower(part)) {
			return part, false
		}
	}
	return "", false
}
