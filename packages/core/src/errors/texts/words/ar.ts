import { charactersIn, type ErrorWords, excessOf, placeOf } from "../error-words.ts";

const characters = charactersIn("ar", {
  one: "حرف واحد",
  two: "حرفين",
  few: "# أحرف",
  many: "# حرفًا",
  other: "# حرف",
});

/** Arabic, written from right to left. */
export const ar: ErrorWords = {
  language: "ar",
  direction: "rtl",
  sentences: {
    "draft/empty": "لا يوجد ما يُرسَل.",
    "draft/too-long": "هذه الرسالة طويلة جدًا.",
    "draft/invalid": "لا يمكن إرسال هذه الرسالة كما هي.",
    "draft/refused": "لم تُقبَل هذه الرسالة.",
    "custom/invalid": "البيانات المرفقة ليست بالشكل الصحيح.",
    "command/malformed": "لم يستطع الخادم فهم ذلك.",
    "command/unsupported": "هذا غير متاح هنا.",
    "command/id-taken": "سبق أن استخدم شخص آخر هذا.",
    "command/out-of-order": "يجب أن تُرسَل رسالة سابقة أولًا.",
    "query/malformed": "لم يستطع الخادم فهم ذلك.",
    "conversation/not-found": "هذه المحادثة غير موجودة، أو لست فيها.",
    "conversation/exists": "توجد محادثة بهذا الاسم بالفعل.",
    "conversation/closed": "هذه المحادثة مغلقة.",
    "conversation/full": "لم يعد في هذه المحادثة متسع لأحد.",
    "participant/not-found": "هذا الشخص ليس في المحادثة.",
    "participant/exists": "هذا الشخص موجود في المحادثة بالفعل.",
    "participant/last-owner": "يجب أن يصبح شخص آخر مالكًا أولًا.",
    "message/not-found": "هذه الرسالة غير موجودة.",
    "message/deleted": "حُذفت هذه الرسالة.",
    "reaction/limit": "على هذه الرسالة تفاعلات مختلفة أكثر مما يُسمح به.",
    "note/limit": "احتفظت بأكثر مما يُسمح به؛ احذف شيئًا أولًا.",
    "pin/limit": "عدد الرسائل المثبتة هنا كبير جدًا.",
    "permission/denied": "لا يُسمح لك بفعل ذلك.",
    "permission/banned": "لا يمكنك المشاركة في هذه المحادثة.",
    "permission/muted": "لا يمكنك الكتابة هنا الآن.",
    "rate/limited": "أنت ترسل بسرعة كبيرة. انتظر لحظة من فضلك.",
    "outbox/full": "هناك رسائل كثيرة تنتظر الإرسال.",
    "outbox/cancelled": "أُلغيت هذه الرسالة.",
    "outbox/not-found": "لم تعد هذه الرسالة تنتظر.",
    "outbox/gave-up": "تعذّر إرسال هذه الرسالة.",
    "outbox/expired": "لم تُرسَل هذه الرسالة في وقتها.",
    "connection/failed": "لا يمكن الوصول إلى الخادم.",
    "connection/lost": "انقطع الاتصال.",
    "connection/timeout": "الخادم لا يجيب.",
    "connection/slow": "الاتصال بطيء جدًا.",
    "connection/offline": "أنت غير متصل.",
    "auth/required": "سجّل الدخول من فضلك.",
    "auth/expired": "يجب تجديد جلستك.",
    "auth/invalid": "سجّل الدخول مرة أخرى من فضلك.",
    "auth/unavailable": "تسجيل الدخول غير ممكن الآن.",
    "auth/origin": "لا يُسمح لهذه الصفحة باستخدام الخادم.",
    "protocol/malformed": "التطبيق والخادم لا يفهم أحدهما الآخر.",
    "protocol/version": "هذا التطبيق أقدم من أن يناسب الخادم، أو أحدث.",
    "protocol/too-large": "هذا أكبر من أن يُرسَل.",
    "protocol/hello": "التطبيق والخادم لا يفهم أحدهما الآخر.",
    "protocol/busy": "طلبات كثيرة جدًا في وقت واحد.",
    "server/internal": "حدث خطأ في الخادم.",
    "server/unavailable": "الخادم غير متاح الآن.",
    "server/draining": "يُعاد تشغيل الخادم.",
    "server/full": "الخادم ممتلئ الآن.",
    "storage/failed": "لم يستطع هذا الجهاز حفظ الرسالة.",
    "storage/full": "لم يعد في هذا الجهاز متسع للرسائل.",
    "storage/version": "هذا التطبيق أقدم مما حفظه على هذا الجهاز. حدّثه من فضلك.",
    "storage/locked": "لا يمكن فتح الرسائل المحفوظة على هذا الجهاز.",
    "client/closed": "أُغلقت الدردشة.",
    "client/misused": "ارتكب التطبيق خطأً.",
    "client/listener": "ارتكب التطبيق خطأً.",
    "client/unknown": "حدث خطأ ما.",
  },
  remedies: {
    input: "عدّلها ثم أرسلها مرة أخرى.",
    permission: "يمكن لمشرف هذه المحادثة أن يساعدك.",
    conflict: "انظر إلى ما تغيّر ثم قرّر من جديد.",
    limit: "انتظر لحظة ثم حاول مرة أخرى.",
    connection: "سيستمر كل شيء من تلقاء نفسه حالما يعود الاتصال.",
    auth: "سجّل الدخول مرة أخرى.",
    protocol: "أعد تحميل الصفحة؛ وإن لم ينفع ذلك فأخبر القائمين على التطبيق.",
    server: "ستُعاد المحاولة تلقائيًا.",
    storage: "أفسح مكانًا على الجهاز، وأبقِ الصفحة مفتوحة حتى يُرسَل كل شيء.",
    client: "أعد تحميل الصفحة؛ ما لم يُرسَل بعد محفوظ.",
  },
  again: (when) => `حاول مرة أخرى ${when}.`,
  suggestionFor(issue) {
    if (issue.code === "draft/empty") return "اكتب شيئًا أولًا.";
    if (issue.code === "custom/invalid") return `صحّح \u2068${placeOf(issue)}\u2069.`;
    if (issue.code === "draft/invalid")
      return issue.part === "ranges" ? "ضع الروابط والإشارات من جديد." : "أرفق بيانات أقل.";
    if (issue.code !== "draft/too-long") return "";
    return issue.part === "text"
      ? `اختصرها بمقدار ${characters(excessOf(issue))}.`
      : "أرسلها على أجزاء، أو أرفق بيانات أقل.";
  },
};
