package words

import "github.com/assay-iot/assay"

var arabic = Words{
	Tag: Arabic, RightToLeft: true, plural: sixForms, forms: []string{"zero", "one", "two", "few", "many", "other"},

	Months: [12]string{"يناير", "فبراير", "مارس", "أبريل", "مايو", "يونيو", "يوليو", "أغسطس", "سبتمبر", "أكتوبر", "نوفمبر", "ديسمبر"},
	Date:   "{day} {month} {year}", FirstOfMonth: "1",
	Decimal: ".", Percent: "{n}%", Under: "أقل من {n}%",
	Comma: "، ", Semicolon: "؛ ",
	More: "{list} و{n} غيرها",

	SecurityLabel: "بطاقة الأمان", Demo: "DEMO · لا تثبت شيئا", SelfDeclared: "إقرار ذاتي", IssuedBy: "أصدرها {issuer}",
	Model: "الطراز {models}", Models: "الطرازات {models}",
	Support:   "تحديثات الأمان حتى",
	MakerSays: "ما يقوله الصانع",
	Updates:   "التحديثات", UpdatesBySelf: "تثبت نفسها بنفسها", UpdatesByYou: "تثبتها بنفسك",
	Passwords: "كلمات المرور",
	Password: map[string]string{
		"unique-per-device": "مختلفة في كل جهاز", "user-set": "تختارها قبل أول استخدام",
		"none": "لا توجد", "fixed": "نفسها في كل الأجهزة",
	},
	SensorsAndData: "المستشعرات والبيانات", Declared: "{sensors} (حسب الإقرار)", NoSensors: "لم تذكر مستشعرات", WithSensors: "{sensors}. البيانات الشخصية: {data}",
	NoneNamed: "لم يذكر شيء",
	Terms: map[string]string{
		"camera": "كاميرا", "microphone": "ميكروفون", "location": "الموقع", "motion": "الحركة", "temperature": "الحرارة",
		"video": "فيديو", "audio": "صوت", "account": "حساب", "switching": "عمليات التشغيل",
	},
	Absent:     map[string]string{"camera": "بلا كاميرا", "microphone": "بلا ميكروفون", "location": "بلا موقع", "motion": "بلا مستشعر حركة", "temperature": "بلا مستشعر حرارة", "": "بلا {sensor}"},
	Recipients: "من يتلقى البيانات", NoRecipients: "لم يذكر أحد", Unsaid: "لم يذكر الصانع ذلك",

	NinePrinciples: "تسعة مبادئ وكيف عرف كل منها",
	Principles: map[assay.Principle]Principle{
		assay.Lifecycle:     {"صنع واختبر وتتم صيانته مع مراعاة الأمان", "تطوير آمن"},
		assay.PersonalData:  {"البيانات الشخصية والمستشعرات مذكورة ومحمية", "البيانات الشخصية"},
		assay.Deletion:      {"يمكنك حذف بياناتك بسهولة", "حذف البيانات"},
		assay.Disclosure:    {"يمكن لأي شخص الإبلاغ عن ثغرة والصانع يستجيب", "الإبلاغ عن الثغرات"},
		assay.Support:       {"تعرف إلى متى تستمر تحديثات الأمان", "مدة التحديثات"},
		assay.Updates:       {"تصل التحديثات إلى الجهاز بأمان", "تحديثات آمنة"},
		assay.Credentials:   {"لا توجد كلمة مرور مشتركة بين الأجهزة", "لا كلمات مرور مشتركة"},
		assay.Communication: {"ما يرسله الجهاز محمي في الطريق", "اتصالات محمية"},
		assay.Storage:       {"المفاتيح والأسرار محفوظة بأمان", "حفظ الأسرار"},
	},
	Proofs: map[assay.Proof]Proof{
		assay.Verified:   {"تم التحقق", "وضع تحت الاختبار، مثل توقيع"},
		assay.Observed:   {"تمت المعاينة", "نظر فيه ولم يظهر ما يخالفه"},
		assay.Documented: {"موثق", "وثيقة تقول ذلك"},
		assay.Declared:   {"إقرار فقط", "الصانع يقول ذلك"},
	},
	NotFollowed: "غير متبع", DoesNotApply: "لا ينطبق", NotAssessed: "لم يقيم",

	WhatWasExamined: "ما تم فحصه",
	CoverExamined:   "فحص {n}", CoverClosed: "أقر بأنه مغلق {n}", CoverOpen: "غير مفسر {n}", OfAll: "من بايتات البرنامج",
	Kinds:    map[string]string{"firmware": "برنامج الجهاز", "app": "التطبيق", "cloud": "الخدمة السحابية"},
	Examined: "فحص: {list}.", NotExamined: "لم يفحص: {list}.", Unreadable: "تعذر فحصه: {list}.", Only: "إقرار فقط: {list}.",
	Nothing: "لا شيء", ClosedPart: "{part} ({supplier})", Firmware: "البرنامج الثابت {name}", Range: "{range} في {firmware}", Rest: "باقي {firmware}",
	Exceptions: "استثناءات كتبها الصانع ولا تغير أي نتيجة: {n}.",

	By:     "أصدرها {issuer} الذي قيم المنتج وفق {schemes}.",
	BySelf: "قيمه {issuer} بإقرار منه وفق {schemes}.",
	Scheme: "{title} ({edition})", Level: "{scheme}، المستوى {level}",
	AlsoLooked: "نظر فيه أيضا ولا يدعى استيفاؤه: {list}.", AlsoScheme: "{scheme}: {outcome}",
	Met: "مستوفى", NotMet: "غير مستوفى", NoConclusion: "بلا نتيجة",
	Dates: "الحالة في {asof}. صدرت في {issued} وتسري حتى {until}.", ValidUntil: "تسري حتى {until}",
	Disclaimer: "لا يمكن لأي بطاقة أن تعد بأمان كامل. هذه تقول ما الذي نظر فيه وكيف، في يوم واحد؛ " +
		"قد تبقى ثغرات أو تعرف لاحقا. ليست علامة رسمية ولا تزكية من أي سلطة.",
	NotEndorsed: "ليست علامة رسمية. لا يمكن لأي بطاقة أن تعد بأمان كامل.",
	Scan:        "امسح للتحقق", More2: "التفاصيل والتحقق: {address}",

	Details: "التفاصيل", Page: "الصفحة {n} من {all}",
	ProductAndMaker: "المنتج والصانع", Address: "العنوان", Website: "الموقع الإلكتروني", Contact: "الاتصال", Policy: "الإبلاغ عن ثغرة",
	Deletion: "حذف بياناتك", GTIN: "GTIN", ProductID: "رقم المنتج", LabelID: "رقم البطاقة",
	SchemeByScheme: "النتائج لكل نظام", SchemeWord: "النظام", Mandatory: "المتطلبات الإلزامية", Recommended: "المتطلبات الموصى بها",
	CountMet: "مستوفى {n}", CountNotMet: "غير مستوفى {n}", CountOpen: "غير محسوم {n}", CountNot: "لا ينطبق {n}", CountNone: "لا توجد",
	KnownBy:              "أساس المستوفى: {list}",
	PrincipleByPrinciple: "الأساس لكل مبدأ", PrincipleWord: "المبدأ", HowKnown: "كيف عرف", Decided: "المتطلبات",
	DecidedOf: Counted{
		Zero: "لا متطلبات", One: "حسم {decided} من متطلب واحد", Two: "حسم {decided} من متطلبين",
		Few: "حسم {decided} من {n} متطلبات", Many: "حسم {decided} من {n} متطلبا", Other: "حسم {decided} من {n} متطلب",
	},
	LookedInto: "نظر داخل البرنامج: {list}", ByDeclaration: "بإقرار أو وثائق",
	FirmwareWord: "برنامج الجهاز", Name: "الاسم", Version: "الإصدار", Lowest: "أقدم إصدار مدعوم", Digest: "SHA-256", Unopened: "تعذرت قراءة ما بداخله",
	Documents: "الوثائق التي يستند إليها", Kind: "النوع", DocumentBy: "من", DateWord: "التاريخ", NoDocuments: "لم تقدم أي وثيقة.",
	DocumentKinds: map[string]string{
		"penetration-test": "اختبار اختراق", "code-review": "مراجعة الشيفرة", "fuzzing": "اختبار عشوائي", "static-analysis": "تحليل ساكن",
		"risk-assessment": "تقييم المخاطر", "audit": "تدقيق", "test-report": "تقرير اختبار", "certificate": "شهادة", "other": "وثيقة أخرى",
	},
	JudgedBy:  "معايير الحكم",
	RuleKinds: map[string]string{"scheme": "نظام", "checks": "فحوص", "data": "بيانات"},
	ExceptionCount: Counted{
		Zero: "لم يكتب الصانع أي استثناء.", One: "كتب الصانع استثناء واحدا لا يغير أي نتيجة.", Two: "كتب الصانع استثناءين لا يغيران أي نتيجة.",
		Few: "كتب الصانع {n} استثناءات لا تغير أي نتيجة.", Many: "كتب الصانع {n} استثناء لا تغير أي نتيجة.", Other: "كتب الصانع {n} استثناء لا تغير أي نتيجة.",
	},
	Withdrawal:  "السحب",
	StatusPlace: "يمكن سحب هذه البطاقة. رقمها {index} في القائمة {list}. اسأل عنها عند التحقق.",
	NoStatus:    "ليست لهذه البطاقة خدمة حالة: لا يمكن لأحد أن يقول هنا إنها سحبت.",
	Digests:     "البصمات", OfLabel: "البطاقة", OfAssessment: "التقييم", OfDeclaration: "الإقرار", OfPolicy: "سياسة الثقة",
	Evidence:    "تستند إلى شهادة موقعة من {by}",
	HowToVerify: "كيف تتحقق من هذه البطاقة",
	Verify: []string{
		"قارن الصانع والمنتج والطراز بما في يدك: يمكن نسخ بطاقة إلى منتج آخر.",
		"امسح رمز QR ببرنامج تحقق تثق به. لا تثق بصفحة لمجرد أن الرمز يقود إليها.",
		"أو تحقق من هذا الملف دون شبكة: {command}. يعاد رسم البطاقة وتقارن بايتا بايتا.",
		"اسأل هل سحبت البطاقة وهل انتهت مدة التحديثات.",
	},
	CodeMeans:       "يحمل رمز QR الصيغة القصيرة الموقعة لهذه البطاقة ويمكن التحقق منها دون شبكة.",
	CodeMeansDigest: "يحمل رمز QR بصمة هذه البطاقة؛ احصل على البطاقة الموقعة للتحقق منها.",
}
