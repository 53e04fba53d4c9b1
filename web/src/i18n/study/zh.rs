//! The texts of the test in Chinese.

use super::StudyTexts;

pub const CHINESE: StudyTexts = StudyTexts {
    opening: "正在打开研究",
    lead: |seconds| {
        format!(
            "三张图片并排出现{seconds}秒。其中一张显示完整的物体，另外两张由相同的碎片错误拼成。请指出哪一张是完整的。"
        )
    },
    keys_before: "请按 ",
    keys_after: "，或点击它出现的位置。",
    how_soon: |seconds| format!("一知道答案就回答；{seconds}秒之后就太晚了。不确定时请猜。"),
    how_long: |trials, minutes| format!("共{trials}次，约{}分钟，先练习，中间有休息。", minutes.max(1)),
    no_feedback: "到最后才会告诉您回答是否正确。",
    kept_by_server: "您的回答以虚构的名字保存。您可以在每次休息时和结束时退出；您的回答随即删除。",
    kept_in_browser: "本网站没有服务器：您的回答保存在此浏览器中，您可以把它们存成文件。",
    fill_screen: "全屏（建议：避免干扰）",
    start: "开始",
    resume_title: "您已开始此测试",
    resume_text: "您到目前为止的回答保存在此浏览器中。您可以从中断处继续。",
    resume: "继续",
    start_anew: "重新开始",
    one_moment: "请稍候",
    opening_session: "正在打开您的会话",
    loading_pictures: |ready, count| format!("正在加载图片：{ready}/{count}"),
    measuring_display: "正在测量屏幕",
    no_refresh_rate: "无法测量屏幕刷新率。请把此窗口置于最前，关闭占用资源的程序，然后重新开始。",
    picture_failed: "多次无法显示图片。请关闭其他标签页和程序，然后重新加载页面。",
    cannot_resume: "此浏览器中的会话已不适用于该研究。请重新加载页面并重新开始。",
    closing: "正在保存您的回答",
    prompt_whole: "哪一张是完整的？",
    prompt_different: "哪一张不同？",
    not_stored: "此浏览器不为本网站保存任何内容。每个回答会立即发送给研究：请保持联网，并保持此页面打开，直到显示全部\
                 已保存。关闭页面时尚未发送的内容会丢失。",
    window_too_small: |[width, height], [now_width, now_height]| {
        format!(
            "此研究需要至少{width}×{height}像素的窗口；当前为{now_width}×{now_height}。请放大窗口、旋转设备或缩小显示比例。"
        )
    },
    too_late: "太晚了",
    right: "正确",
    wrong: "不是这一张",
    trials_done: "已完成的次数",
    pause: "暂停",
    practice_title: "练习",
    practice_text: "先做几次来熟悉。它们不计入结果。",
    practice_again: "一开始并不容易。请把相同的练习再做一遍；它们也不计入结果。",
    ready_title: "准备好了",
    ready_text: "从现在起计入结果。请看中间，手指放在1、2、3上。",
    break_title: "休息",
    break_text: |done, total| format!("已完成{done}次，共{total}次。请随意休息眼睛。"),
    pause_title: "已暂停",
    pause_comes_again: "这一次会在本组结束时再次出现。不会丢失任何内容。",
    pause_is_over: "您已看过这些图片，所以它们不再出现。准备好后请继续下一组。",
    next_pictures: |missing| format!("正在加载接下来的图片：还有{missing}张"),
    continue_: "继续",
    space_key: "空格键",
    fill_screen_now: "全屏",
    thanks: "谢谢",
    compare: "与模型比较",
    save_ndjson: "保存我的回答（NDJSON）",
    save_csv: "保存我的回答（CSV）",
    take_again: "再做一次测试",
    all_kept: |rows| format!("全部{rows}个回答保存在此浏览器中。请存成文件以便转交。"),
    all_saved: |rows| format!("全部{rows}个回答已保存。"),
    your_code: "您的完成代码：",
    your_receipt: "您的私人凭据。如果您以后可能想在没有此浏览器的情况下退出，请保存它：",
    refused_count: |count| format!("{count}个回答被拒绝"),
    refused_answer: |index, reason| format!("回答{index}：{reason}"),
    refused: "服务器没有接受全部内容。没有丢失任何东西：请保存下面的文件，并发送给研究者。",
    saving: "正在保存您的回答……",
    waiting: |waiting, rows| {
        format!(
            "您的回答保存在此浏览器中；{rows}个中有{waiting}个等待发送。请保持此页面打开，或以后用此浏览器再来。"
        )
    },
    try_again: "现在重试",
    withdrawn_title: "您已退出",
    withdrawn_text: "您的回答已被删除。感谢您的时间。",
    stopped_title: "此研究无法进行",
    stopped_text: "您之前的回答已保存。请重新加载页面再试。",
};
