//! The texts of the steps in Chinese.

use super::StepsTexts;

pub const CHINESE: StepsTexts = StepsTexts {
    progress: |place, steps| format!("第 {place} 步，共 {steps} 步"),
    continue_: "继续",
    language: "语言",
    not_translated: "此文本没有您所选语言的版本，下面是原文。",
    agree: "我同意并参加",
    decline: "我不同意",
    left_title: "您没有参加",
    left_no_consent: "您没有同意，因此没有记录任何内容。感谢您抽出时间。",
    left_screened_out: "本研究无法在您的设备上进行，因此没有记录任何内容。感谢您抽出时间。",
    left_taken_before: "您已经参加过本研究。这是您的代码。",
    your_code: "您的代码：",
    back_to_panel: "返回您来自的网站",
    screening_title: "您的设备合适吗？",
    screening_checks: "正在检查您的设备",
    screening_fits: "您的设备合适。",
    screening_lacks: "还缺少以下条件：",
    device_needed: |devices| format!("本研究需要其他设备：{devices}。请在该设备上打开链接。"),
    device_names: ["电脑", "平板电脑", "手机"],
    viewport_needed: |[width, height], [now_width, now_height]| {
        format!(
            "窗口至少需要 {width} × {height} 像素；现在是 {now_width} × {now_height}。请放大窗口、缩小页面缩放比例或旋转设备。"
        )
    },
    refresh_needed: |needed, now| {
        format!(
            "屏幕每秒至少需要刷新 {needed:.0} 次；现在是 {now:.0} 次。请接上电源，关闭其他程序，并让此窗口保持在最前面。"
        )
    },
    browser_needed: |browsers| format!("本研究需要以下浏览器之一：{browsers}。请在其中打开链接。"),
    check_again: "再次检查",
    cannot_take_part: "我无法改变",
    calibration_title: "您的屏幕尺寸",
    card_text: "请将银行卡或同样大小的卡片贴在屏幕上。移动滑块，直到方框与卡片一样大。",
    card_width: "方框宽度",
    distance_ask: "您的眼睛离屏幕有多远？请测量或估计：一臂长约 60 厘米。",
    distance_cm: "距离（厘米）",
    distance_wrong: "距离需要在 20 到 300 厘米之间。",
    blind_spot_text: "现在测量您与屏幕的距离。闭上右眼，用左眼一直注视方块。红点会向左移动：它一消失，就按空格键或点击。",
    blind_spot_start: "开始移动红点",
    blind_spot_press: "它消失了",
    blind_spot_round: |done, rounds| format!("{done} / {rounds}"),
    blind_spot_again: "红点到了边缘。请闭上右眼，继续注视方块，再试一次。",
    instructions_title: "您的任务",
    example: "过程示例",
    quiz_title: "清楚了吗？",
    quiz_wrong: "还有答案不正确。请阅读提示后再次回答。",
    questionnaire_title: "几个问题",
    required: "必填",
    answer_missing: "请回答这个问题。",
    number_needed: "请输入数字。",
    whole_number_needed: "请输入整数。",
    number_range: |least, most| match (least, most) {
        (Some(least), Some(most)) => format!("请输入 {least} 到 {most} 之间的数字。"),
        (Some(least), None) => format!("至少为 {least}。"),
        (None, Some(most)) => format!("最多为 {most}。"),
        (None, None) => String::new(),
    },
    too_long: |most| format!("最多 {most} 个字符。"),
    mend_answers: "有些答案缺失或不合适，已在下面标出。",
    models_title: "用计算机模型试一试",
    models_text: "计算机模型可以在您的浏览器中做同样的试次。您可以现在试一试，也可以继续。",
    models_open: "在新标签页中打开模型",
    debrief_title: "研究目的",
    debrief_text: "我们比较人和计算机模型如何识别完整的图片。感谢您的参与。",
    score_waits: "您的答案保存后，结果会显示在这里。",
    score: |correct, answers| format!("在 {answers} 个试次中，您有 {correct} 次找到了正确的图片。"),
    score_kept: "研究进行期间不公布正确答案。",
    records_wait: "正在保存您对问题的回答。请保持此页面打开。",
};
